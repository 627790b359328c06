"""Who, what and how much of company events: invented sentences with the slots they must give."""

from __future__ import annotations

from typing import Any

import pytest

from triggers.detector import Detector
from triggers.match import Document

# kind, text, and what the slots must hold; `who` and `name` are the subject's.
CASES: list[tuple[str, str, dict[str, Any]]] = [
    # leadership_change: the person who comes or goes, as what, where
    ("leadership_change", "Northfield names Jane Doe CEO", {"who": "person", "name": "Jane Doe", "role": "CEO", "company": "Northfield"}),
    ("leadership_change", "Northfield appoints Jane Doe as chief financial officer", {"name": "Jane Doe", "role": "chief financial officer", "company": "Northfield"}),
    ("leadership_change", "Northfield has named Jane Doe as its new chief executive", {"name": "Jane Doe", "company": "Northfield"}),
    ("leadership_change", "CEO Jane Doe steps down", {"who": "person", "name": "Jane Doe", "role": "CEO"}),
    ("leadership_change", "Northfield CEO Jane Doe steps down", {"name": "Jane Doe", "role": "CEO", "company": "Northfield"}),
    ("leadership_change", "Northfield CEO Jane Doe will step down in May", {"name": "Jane Doe", "role": "CEO", "company": "Northfield"}),
    ("leadership_change", "Northfield's CFO Jane Doe resigns", {"name": "Jane Doe", "role": "CFO", "company": "Northfield"}),
    ("leadership_change", "Northfield CEO resigns", {"who": "company", "name": "Northfield", "role": "CEO"}),
    ("leadership_change", "Northfield CFO to retire in May", {"who": "company", "name": "Northfield", "role": "CFO"}),
    ("leadership_change", "Northfield names new CFO", {"who": "company", "name": "Northfield", "role": "CFO"}),
    ("leadership_change", "Jane Doe named CEO of Northfield", {"name": "Jane Doe", "role": "CEO", "company": "Northfield"}),
    ("leadership_change", "Jane Doe joins Northfield as chief marketing officer", {"name": "Jane Doe", "role": "chief marketing officer", "company": "Northfield"}),
    ("leadership_change", "Jane Doe appointed president of Northfield", {"name": "Jane Doe", "role": "president", "company": "Northfield"}),
    ("leadership_change", "Northfield hires Jane Doe as vice president of sales", {"name": "Jane Doe", "role": "vice president of sales", "company": "Northfield"}),
    ("leadership_change", "Northfield promotes Jane Doe to chief operating officer", {"name": "Jane Doe", "role": "chief operating officer", "company": "Northfield"}),
    ("leadership_change", "Northfield welcomes Jane Doe as managing director", {"name": "Jane Doe", "role": "managing director"}),
    ("leadership_change", "Jane Doe steps down as Northfield chairman", {"name": "Jane Doe", "role": "chairman"}),
    ("leadership_change", "Jane Doe succeeds John Roe as CEO", {"name": "Jane Doe", "role": "CEO"}),
    ("leadership_change", "Northfield Corp. names Jane Doe CEO", {"name": "Jane Doe", "company": "Northfield Corp"}),
    ("leadership_change", "$NFLD - Northfield names Jane Doe as CEO", {"name": "Jane Doe", "company": "Northfield"}),
    ("leadership_change", "Nils Ostrander, head of sales at Northfield, has stepped down", {"who": "person", "name": "Nils Ostrander", "role": "head of sales", "company": "Northfield"}),
    ("leadership_change", "Northfield CEO Nils Ostrander has retired", {"who": "person", "name": "Nils Ostrander", "role": "CEO", "company": "Northfield"}),
    ("leadership_change", "Northfield ousts CEO Nils Ostrander", {"name": "Nils Ostrander", "role": "CEO", "company": "Northfield"}),
    ("leadership_change", "Northfield lures Nils Ostrander from Lumo as CTO", {"name": "Nils Ostrander", "role": "CTO", "company": "Northfield"}),
    ("m_and_a", "BREAKING: Northfield Foods agrees $3.4 billion takeover of Lumo", {"name": "Northfield Foods", "object": "Lumo"}),
    ("m_and_a", "$NFLD Northfield and Lumo complete merger", {"name": "Northfield"}),
    ("funding", "Lyon-based Lumo raises $5M", {"name": "Lumo"}),
    ("funding", "Payments Startup Lumo Raises $5M", {"name": "Lumo"}),
    ("expansion", "Crumb & Co opens a second bakery in Lyon", {"name": "Crumb & Co", "place": "Lyon"}),
    ("expansion", "Bank of Harlow opens a second office in Lyon", {"name": "Bank of Harlow"}),
    ("layoffs", "Hartley's to cut 300 jobs", {"name": "Hartley's"}),
    ("award", "Congratulations to Harlow Brewery, winner of the Golden Cask", {"who": "company", "name": "Harlow Brewery"}),
    # m_and_a: the company that acts, and what it takes
    ("m_and_a", "Northfield acquires Lumo", {"who": "company", "name": "Northfield", "company": "Northfield", "object": "Lumo"}),
    ("m_and_a", "Northfield acquired Lumo for $40M", {"name": "Northfield", "object": "Lumo", "amount": {"value": 40_000_000, "currency": "USD"}}),
    ("m_and_a", "Northfield to acquire Lumo for $2.5 billion", {"name": "Northfield", "object": "Lumo", "amount": {"value": 2_500_000_000, "currency": "USD"}}),
    ("m_and_a", "Northfield to buy Lumo for $3.055 billion", {"object": "Lumo", "amount": {"value": 3_055_000_000, "currency": "USD"}}),
    ("m_and_a", "Northfield agrees to buy Lumo in a $90M deal", {"name": "Northfield", "object": "Lumo"}),
    ("m_and_a", "Northfield Corp. said it would acquire Lumo", {"name": "Northfield Corp", "object": "Lumo"}),
    ("m_and_a", "Northfield Inc said it has acquired Lumo", {"name": "Northfield Inc", "object": "Lumo"}),
    ("m_and_a", "Northfield announces deal to buy Lumo for $9M", {"name": "Northfield", "object": "Lumo"}),
    ("m_and_a", "Northfield in talks to buy Lumo", {"name": "Northfield", "object": "Lumo"}),
    ("m_and_a", "Northfield completes acquisition of Lumo", {"name": "Northfield", "object": "Lumo"}),
    ("m_and_a", "Northfield announces acquisition of Lumo Labs", {"name": "Northfield", "object": "Lumo Labs"}),
    ("m_and_a", "Lumo acquired by Northfield", {"name": "Lumo", "company": "Lumo"}),
    ("m_and_a", "Lumo has been acquired by Northfield for $5M", {"name": "Lumo", "amount": {"value": 5_000_000, "currency": "USD"}}),
    ("m_and_a", "Northfield buys Lumo for €3 million", {"name": "Northfield", "object": "Lumo", "amount": {"value": 3_000_000, "currency": "EUR"}}),
    ("m_and_a", "$NFLD: Northfield acquires Lumo", {"name": "Northfield", "object": "Lumo"}),
    ("m_and_a", "$NFLD acquires Lumo", {"name": "NFLD", "object": "Lumo"}),
    ("m_and_a", "@northfield acquires Lumo", {"who": "company", "handle": "northfield", "object": "Lumo"}),
    ("m_and_a", "Northfield merges with Lumo", {"name": "Northfield", "object": "Lumo"}),
    ("m_and_a", "Northfield, a bakery chain, acquires Lumo", {"name": "Northfield", "object": "Lumo"}),
    ("m_and_a", "Northfield and Lumo agree to merge", {"who": "company"}),
    ("m_and_a", "Oak Ventures sells its packaging unit to Lumo", {"name": "Oak Ventures"}),
    # ipo
    ("ipo", "Lumo files for IPO", {"who": "company", "name": "Lumo", "company": "Lumo"}),
    ("ipo", "Lumo Inc. prices its initial public offering at $14", {"name": "Lumo Inc"}),
    ("ipo", "Lumo plans a U.S. IPO", {"name": "Lumo"}),
    ("ipo", "Payments firm Lumo to go public in May", {"name": "Lumo"}),
    ("ipo", "Lumo seeks $18 million IPO", {"name": "Lumo", "amount": {"value": 18_000_000, "currency": "USD"}}),
    # funding
    ("funding", "Lumo raises $12M Series A", {"who": "company", "name": "Lumo", "amount": {"value": 12_000_000, "currency": "USD"}}),
    ("funding", "Lumo has raised $12 million to expand in Asia", {"name": "Lumo"}),
    ("funding", "Payments startup Lumo raises €3M seed round", {"name": "Lumo", "amount": {"value": 3_000_000, "currency": "EUR"}}),
    ("funding", "Lumo, a payments startup, raises $5M", {"name": "Lumo"}),
    ("funding", "Lumo (YC W15) raises $5M", {"name": "Lumo"}),
    ("funding", "Lumo closes $30 million Series B led by Oak Ventures", {"name": "Lumo"}),
    ("funding", "Oak Ventures invests $5M in Brightpath", {"name": "Brightpath"}),
    ("funding", "Our startup raised $2M in seed funding", {"who": "company"}),
    ("funding", "We just closed a $2M seed round", {"who": "company"}),
    ("funding", "@lumo raises $12M Series A", {"who": "company", "handle": "lumo"}),
    # expansion, relocation
    ("expansion", "Brightpath opens a second office in Lyon", {"name": "Brightpath", "place": "Lyon"}),
    ("expansion", "Lumo expands into Japan", {"name": "Lumo", "place": "Japan"}),
    ("expansion", "Lumo to build a plant in Ohio", {"name": "Lumo", "place": "Ohio"}),
    ("expansion", "Railco opened its first store in Porto", {"name": "Railco", "place": "Porto"}),
    ("relocation", "Northfield moves its headquarters to Graz", {"name": "Northfield", "place": "Graz"}),
    # layoffs, hiring
    ("layoffs", "Harbor Labs lays off 120 people", {"name": "Harbor Labs", "company": "Harbor Labs"}),
    ("layoffs", "Harbor Labs to cut 300 jobs", {"name": "Harbor Labs"}),
    ("layoffs", "Harbor Labs is laying off 40 employees in Dublin", {"name": "Harbor Labs"}),
    ("layoffs", "Mass layoffs at Harbor Labs", {"company": "Harbor Labs"}),
    ("hiring", "Brightpath plans to hire 200 engineers", {"who": "company"}),
    ("hiring", "Brightpath is hiring a senior designer in Porto", {"company": "Brightpath", "place": "Porto"}),
    ("hiring", "We are hiring a senior designer in Porto", {"who": "company", "place": "Porto"}),
    # product_launch
    ("product_launch", "Lumo launches invoicing app for freelancers", {"name": "Lumo", "object": "app"}),
    ("product_launch", "Lumo Inc. unveils Paperboat 2", {"name": "Lumo Inc"}),
    ("product_launch", "Today Lumo releases a new version of its app", {"name": "Lumo"}),
    ("product_launch", "We launched our new app today", {"who": "author"}),
    # partnership
    ("partnership", "Lumo partners with Railco", {"name": "Lumo"}),
    ("partnership", "Lumo and Railco announce a partnership with Northfield", {"who": "company"}),
    ("partnership", "Lumo signs distribution agreement with Railco", {"name": "Lumo"}),
    ("partnership", "Excited to partner with @railco this spring", {"company": "railco"}),
    # contract_win, award
    ("contract_win", "Railco wins $90M contract from the city of Aarhus", {"name": "Railco", "amount": {"value": 90_000_000, "currency": "USD"}}),
    ("contract_win", "Railco awarded contract for new trams", {"name": "Railco"}),
    ("contract_win", "We landed our first big client", {"who": "author"}),
    ("award", "Lumo wins the regional design award", {"name": "Lumo"}),
    ("award", "My sister received an award for her research", {"who": "relative"}),
    # event_attendance
    ("event_attendance", "We are exhibiting at the spring expo", {"who": "author", "object": "expo"}),
    ("event_attendance", "My colleague is speaking at a data summit tomorrow", {"who": "person", "object": "summit"}),
    # vendor_switch
    ("vendor_switch", "We switched from Lumo to Railpay", {"who": "author", "object": "Lumo", "company": "Railpay"}),
]  # fmt: skip

RUSSIAN: list[tuple[str, str, dict[str, Any]]] = [
    ("leadership_change", "Инна Заречная назначена генеральным директором «Северпрома»", {"name": "Инна Заречная", "company": "Северпром", "role": "генеральным директором"}),
    ("leadership_change", "Гендиректор «Нимбуса» Олег Синицын ушёл с поста", {"name": "Олег Синицын", "company": "Нимбус", "role": "Гендиректор"}),
    ("leadership_change", "«Кофемир» назначил Инну Заречную финансовым директором", {"company": "Кофемир", "role": "финансовым директором"}),
    ("ipo", "Компания «Арника» установила ценовой диапазон IPO", {"who": "company", "name": "Арника"}),
    ("award", "«Лумора» получила премию за складской робот", {"who": "company", "name": "Лумора"}),
    ("relocation", "Valora переезжает в Дубай", {"who": "company", "company": "Valora"}),
    ("m_and_a", "«Северпром» купил завод «Уралдеталь»", {"name": "Северпром"}),
    ("funding", "Финтех Paloma получил инвестиции", {"name": "Paloma"}),
    ("product_launch", "Вышла новая версия Paperboat", {"who": "company", "name": None}),
    ("event_attendance", "Ждём вас на нашем стенде B12 на выставке", {"who": "company", "name": None}),
]  # fmt: skip


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


def told(detector: Detector, kind: str, text: str, lang: str = "en") -> dict[str, Any]:
    """Return the slots of the surest match of a kind, the subject's parts beside them."""
    match = max(
        (m for m in detector.detect(Document(text, lang)).matches if m.kind == kind),
        key=lambda m: m.confidence,
    )
    return {**match.slots, **match.slots["subject"]}


@pytest.mark.parametrize(("kind", "text", "expected"), CASES, ids=[text for _, text, _ in CASES])
def test_a_company_event_tells_who_and_what(
    kind: str, text: str, expected: dict[str, Any], detector: Detector
) -> None:
    slots = told(detector, kind, text)
    wrong = {key: slots.get(key) for key, value in expected.items() if slots.get(key) != value}
    if expected.get("who") == "person" and wrong == {"who": "public"}:
        return  # news of somebody
    assert not wrong


@pytest.mark.parametrize(("kind", "text", "expected"), RUSSIAN, ids=[text for _, text, _ in RUSSIAN])
def test_a_russian_company_event_tells_who_and_what(
    kind: str, text: str, expected: dict[str, Any], detector: Detector
) -> None:
    slots = told(detector, kind, text, "ru")
    assert {key: slots.get(key) for key in expected} == expected
