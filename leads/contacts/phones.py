"""Phone numbers of one table as exact keys, national ones by the table's region."""

from __future__ import annotations

import re

from leads.linking.keys import phone_key
from leads.linking.records import Key

_NOT_DIGITS = re.compile(r"\D")
# National numbers that agree in length and in so many first digits are written alike: the code that is dropped and
# the one that is put in front of the rest are learnt from the first of them. phonenumbers takes 0.1 ms a number.
_PREFIX = 5


class PhoneReader:
    """Reads phone numbers; `region` ("US") is that of numbers without a country code."""

    def __init__(self, region: str = "") -> None:
        self._region = region
        self._learnt: dict[tuple[int, str], tuple[int, str] | None] = {}

    def key(self, text: str) -> Key | None:
        """Return a number in E.164, None where it cannot be told."""
        if not self._region or text.lstrip().startswith(("+", "00")):
            return phone_key(text)
        if not text.isascii() or any(c.isalpha() for c in text):
            return phone_key(text, self._region)  # Extensions, vanity numbers.
        digits = _NOT_DIGITS.sub("", text)
        shape = (len(digits), digits[:_PREFIX])
        if shape not in self._learnt:
            return self._learn(shape, digits, phone_key(text, self._region))
        learnt = self._learnt[shape]
        if learnt is None:
            return phone_key(text, self._region)
        dropped, code = learnt
        return Key("phone", code + digits[dropped:])

    def _learn(self, shape: tuple[int, str], digits: str, found: Key | None) -> Key | None:
        self._learnt[shape] = None
        if found is None:
            return None
        for dropped in range(min(4, len(digits))):
            rest = digits[dropped:]
            if found.value.endswith(rest) and len(found.value) - len(rest) <= 4:
                self._learnt[shape] = (dropped, found.value[: -len(rest)])
                break
        return found


def check_region(region: str) -> str:
    """Return what is wrong with a region's code, empty where nothing is."""
    if not region:
        return ""
    try:
        import phonenumbers  # noqa: PLC0415  (an optional extra)
    except ImportError:
        return "numbers of a region need phonenumbers: pip install 'povod[contacts]'"
    if region.upper() in phonenumbers.SUPPORTED_REGIONS:
        return ""
    return f"there is no region {region!r}; a region is two letters, such as US or RU"
