"""All kinds that rules may detect: stable names, used in signals, searches, export and pages."""

from __future__ import annotations

from dataclasses import dataclass

LIFE = "life"
COMPANY = "company"
INTENT = "intent"
FAMILIES = (LIFE, COMPANY, INTENT)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a rule detects.

    `window_days`: tellings of the same subject within so many days are one story. `sensitive`
    kinds are off unless the user turns them on: they are remembered, never pitched to.
    """

    name: str
    family: str
    window_days: int
    sensitive: bool = False


def _family(family: str, **windows: int) -> list[Kind]:
    return [Kind(name, family, days, name in ("illness", "bereavement")) for name, days in windows.items()]


# A window is as long as the same event is commonly retold: a birth is congratulated for weeks, a
# funding round is reported within days but written up for a month, a question is asked in an afternoon.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *_family(
            LIFE,
            birth=90,
            engagement=60,
            wedding=90,
            divorce=120,
            new_job=60,
            promotion=60,
            job_loss=60,
            retirement=90,
            graduation=60,
            bereavement=90,
            moving=60,
            home_purchase=90,
            car_purchase=60,
            travel=21,
            birthday=14,
            anniversary=14,
            illness=60,
        ),
        *_family(
            COMPANY,
            funding=45,
            m_and_a=120,
            ipo=180,
            expansion=60,
            layoffs=45,
            leadership_change=60,
            hiring=45,
            product_launch=45,
            partnership=45,
            contract_win=45,
            relocation=90,
            award=30,
            event_attendance=30,
        ),
        *_family(
            INTENT,
            purchase_intent=21,
            recommendation_request=14,
            vendor_switch=30,
            complaint=14,
            praise=14,
        ),
    )
}
