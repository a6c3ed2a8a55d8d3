"""How is a planned number typed and shown: spaces between thousands, a decimal comma, shares in percent?"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from smarketing.analyses.planning.numbers import SHARES
from smarketing.facts.errors import WrongInput
from smarketing.facts.language import Language, Text
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import NBSP, say_number

_SIGNS = re.compile(r"[\s\u00a0\u2009\u202f%₽$€]")
_GROUPED = {"ru": re.compile(r"\d{1,3}(\.\d{3}){2,}"), "en": re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")}
_LARGEST = Decimal(10) ** 11  # what the lake can hold has one digit more
_COUNTS = ("leads",)


def read_number(text: str, metric: str, language: Language) -> Fraction | None:
    """The number as the plan keeps it, a share from 0 to 1; None for an empty cell.

    Errors: :class:`WrongInput` with a sentence for the cell.
    """
    plain = _SIGNS.sub("", text).replace("\u2212", "-")
    if not plain:
        return None
    value = _parsed(plain, text, language)
    if value < 0:
        raise WrongInput("plan-cell", Text("Нужно число от 0.", "A number from 0 is needed."))
    if value > _LARGEST:
        raise WrongInput("plan-cell", Text("Число слишком велико.", "The number is too large."))
    if metric in SHARES:
        return _share(value)
    if metric in _COUNTS and value != value.to_integral_value():
        raise WrongInput("plan-cell", Text("Лиды считают целыми.", "Leads are whole numbers."))
    return Fraction(value)


def write_number(value: Fraction | None, metric: str, language: Language) -> str:
    """The same as a person would type it; empty where nothing is planned."""
    if value is None:
        return ""
    exact = Decimal(value.numerator) / Decimal(value.denominator) * (100 if metric in SHARES else 1)
    rounded = exact.quantize(Decimal("0.0001" if metric in SHARES else "0.01")).normalize()
    digits = max(-int(rounded.as_tuple().exponent), 0)
    return say_number(rounded, Unit.RATIO, language, digits=digits)


def growth_of(text: str, language: Language) -> Fraction:
    """1.1 of «10» or «10 %»; a fall is typed with a minus."""
    plain = text.strip().replace("\u2212", "-")
    percent = read_number(plain.lstrip("+-"), "spend", language) or Fraction(0)
    return 1 + (-percent if plain.startswith("-") else percent) / 100


def _parsed(plain: str, text: str, language: Language) -> Decimal:
    if _GROUPED[language].fullmatch(plain):
        plain = plain.replace("." if language == "ru" else ",", "")
    try:
        value = Decimal(plain.replace(",", "."))
    except InvalidOperation as error:
        raise _not_a_number(text) from error
    if not value.is_finite():
        raise _not_a_number(text)
    return value


def _share(percent: Decimal) -> Fraction:
    if percent > 100:
        raise WrongInput("plan-cell", Text("Доля — от 0 до 100 %.", "A share is from 0 to 100%."))
    return Fraction(percent) / 100


def _not_a_number(text: str) -> WrongInput:
    return WrongInput(
        "plan-cell",
        Text(
            "«{text}» — не число. Пишите, например, 1{nbsp}234,5.", "“{text}” is not a number. Write 1,234.5."
        ).fill(text=text.strip()[:20], nbsp=NBSP),
    )
