"""Fitting weights to what people said: with enough of it, tried on what was kept back, written, and taken back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from leads.linking.fitting import Verdict
from leads.linking.linker import Linker
from leads.linking.records import ContactRecord, Mention
from leads.linking.teaching import TooFewVerdicts, fit, stored_verdicts
from leads.linking.weights import DEFAULT_WEIGHTS
from leads.linking.weights_file import WeightsFault, read_weights, revert, write_weights
from models.history import LinkVerdict

PEOPLE = [
    ContactRecord(f"c{at}", f"Анна {family}", (), "Колос", "", "Тверь")
    for at, family in enumerate(("Соколова", "Воронова", "Галкина", "Синицына", "Орлова"))
]


@pytest.fixture(scope="module")
def linker() -> Linker:
    """A linker that knows five Annas."""
    return Linker(PEOPLE)


def _verdicts(count: int) -> list[Verdict]:
    """Annas are called Nyura here, as no table of weights expects; rejected are bearers of the bare name."""
    told = []
    for at in range(count):
        anna = PEOPLE[at % len(PEOPLE)]
        family = anna.name.split()[1]
        told.append(Verdict(Mention(name=f"Нюра {family}", company="Колос"), anna, True))
        if at % 4 == 0:
            told.append(Verdict(Mention(name=anna.name), anna, False))
    return told


def test_too_few_confirmed_links_teach_nothing(linker: Linker) -> None:
    with pytest.raises(TooFewVerdicts, match=r"29 confirmed and 8 rejected .* at least 30"):
        fit(_verdicts(29), linker)


def test_fitted_weights_foretell_what_was_kept_back_better(linker: Linker) -> None:
    fitting = fit(_verdicts(200), linker)
    assert fitting.better
    assert fitting.after.loss < fitting.before.loss
    assert (fitting.confirmed, fitting.rejected) == (200, 50)
    assert (fitting.before.confirmed, fitting.before.rejected) == (40, 10)
    assert fitting.after.rejected_linked == 0


def test_stored_verdicts_are_those_of_contacts_still_known(engine: Engine, linker: Linker) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    mention = {k: v for k, v in asdict(Mention(name="Нюра Орлова", fresh=("company",))).items() if v}
    with Session(engine) as session:
        for key, target in (("v1", "c4"), ("v2", "gone")):
            session.add(
                LinkVerdict(
                    key=key,
                    mention=mention,
                    target_type="contact",
                    target_key=target,
                    same=True,
                    decided_at=now,
                )
            )
        session.flush()
        (found,) = stored_verdicts(session, linker)
    assert found.mention == Mention(name="Нюра Орлова", fresh=("company",))
    assert found.contact.key == "c4"


def test_written_weights_are_read_again_and_taken_back_one_by_one(linker: Linker, tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    assert read_weights(file) is None
    first, second = (fit(_verdicts(count), linker).weights for count in (100, 400))
    write_weights(file, first, {"fitted_at": "March"})
    write_weights(file, second, {"fitted_at": "April"})
    found = read_weights(file)
    assert found
    assert found.weights == second
    assert found.provenance["fitted_at"] == "April"
    back = revert(file)
    assert back
    assert (back.weights, back.provenance["fitted_at"]) == (first, "March")
    assert revert(file) is None
    assert read_weights(file) is None
    with pytest.raises(WeightsFault, match="no fitted weights to go back from"):
        revert(file)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{", "no file of weights"),
        ("[]", "holds no `weights`"),
        ('{"weights": {"prior_bits": 3}}', "`weights.prior_bits` is no weight that is fitted"),
        ('{"weights": {"company_m": "much"}}', "`weights.company_m` must be a number above 0"),
        ('{"weights": {"company_m": NaN}}', "`weights.company_m` must be a number above 0"),
        ('{"weights": {"level_m": {"guess": 0.1}}}', "`weights.level_m.guess` is no level"),
        ('{"weights": {"level_m": 1}}', "`weights.level_m` must give"),
        ('{"weights": {}, "earlier": 1}', "`earlier` must be a list"),
    ],
)
def test_a_wrong_file_of_weights_is_refused_with_what_is_wrong(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "weights.json"
    file.write_text(text)
    with pytest.raises(WeightsFault, match=fault):
        read_weights(file)


def test_what_is_not_fitted_stays_as_povod_brings_it_along(tmp_path: Path) -> None:
    file = tmp_path / "weights.json"
    file.write_text(json.dumps({"weights": {"place_m": 0.5}}))
    found = read_weights(file)
    assert found
    assert (found.weights.place_m, found.weights.company_m) == (0.5, DEFAULT_WEIGHTS.company_m)
