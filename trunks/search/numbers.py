"""The forms of a telephone number: what stands for the same line, however a caller reads it out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from trunks.search.text import as_number

# Shorter ones are extensions and service numbers; they have one form.
SHORTEST = 6
INTERNATIONAL = "00"


@dataclass(frozen=True, slots=True)
class NumberPlan:
    """How numbers are written where a PBX stands: `44` and `0`; without a country code only digits count."""

    country_code: str = ""
    national_prefix: str = ""


@lru_cache(maxsize=65_536)
def number_forms(number: str, plan: NumberPlan) -> tuple[str, ...]:
    """Return the digits under which a stored number is found; empty for what is no number.

    With a country code these are also the number as dialled from abroad, with the country code, and as
    dialled within the country, if it can be read as a number of that country.
    """
    digits = as_number(number)
    if not digits:
        return ()
    national = _national(number.strip(), digits, plan)
    if not national:
        return (digits,)
    full = plan.country_code + national
    forms = (digits, full, INTERNATIONAL + full, plan.national_prefix + national)
    return tuple(dict.fromkeys(forms))


def _national(number: str, digits: str, plan: NumberPlan) -> str:
    """Return the number within its country, without any prefix; empty if it is none of that country."""
    if not plan.country_code or len(digits) < SHORTEST:
        return ""
    code, prefix = plan.country_code, plan.national_prefix
    if number.startswith(("+", "＋")):
        return _without(digits, code)
    if digits.startswith(INTERNATIONAL):
        return _without(digits.removeprefix(INTERNATIONAL), code)
    if digits.startswith(code) and _exists(code, digits.removeprefix(code)):
        return digits.removeprefix(code)
    if prefix and digits.startswith(prefix):
        rest = digits.removeprefix(prefix)
        return rest if _exists(code, rest) else ""
    return digits if _exists(code, digits) else ""


def _without(digits: str, code: str) -> str:
    rest = digits.removeprefix(code) if digits.startswith(code) else ""
    return rest if len(rest) >= SHORTEST - len(code) else ""


def _exists(code: str, national: str) -> bool:
    """Tell whether a country has numbers like this: 4412 is an extension, not 12 in Britain."""
    # It takes a tenth of a second to load, and only PBXs with a country code need it.
    from phonenumbers import PhoneNumber, is_valid_number

    if len(national) < SHORTEST - 1:
        return False
    # Italy and its like keep a leading zero, which a number as an integer would lose.
    zeros = len(national) - len(national.lstrip("0"))
    return is_valid_number(
        PhoneNumber(
            country_code=int(code),
            national_number=int(national),
            italian_leading_zero=zeros > 0,
            number_of_leading_zeros=zeros or None,
        )
    )
