"""How is a figure said to a person? One wording for the page, the terminal and the report.

Grouping, decimal signs and names of months come from CLDR by way of babel; the rest is the house's own rule
(design.md §5): the unit after a no-break space, a real minus, no value is a dash with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from babel.numbers import format_decimal, get_currency_symbol

from smarketing.facts.company import Zone
from smarketing.facts.language import LANGUAGES, Language, Text, plural
from smarketing.facts.period import Clock, Month, Period
from smarketing.metrics.kinds import Figure, Interval, NoValue, Number, Unit

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "\u2014"
EN_DASH = "\u2013"
HOUR, DAY = 3600, 86_400


class Scale(Enum):
    """The unit in which one table shows its money: value is (divisor, digits after the comma)."""

    ONE = (1, 0)
    THOUSAND = (1_000, 0)
    MILLION = (1_000_000, 2)

    @property
    def divisor(self) -> int:
        return self.value[0]

    @property
    def digits(self) -> int:
        return self.value[1]


SCALE_NAMES = {Scale.ONE: Text("", ""), Scale.THOUSAND: Text("тыс.", "k"), Scale.MILLION: Text("млн", "m")}

ZONE_NAMES = {
    Zone.MARKETING: Text("Маркетинг", "Marketing"),
    Zone.SALES: Text("Продажи", "Sales"),
    Zone.JOINT: Text("Совместно", "Joint"),
    Zone.COMPANY: Text("Компания", "Company"),
}

CLOCK_NAMES = {
    Clock.COHORT: Text("по дате лида (когорта)", "by the lead's date (cohort)"),
    Clock.PERIOD: Text("по дате события (период)", "by the event's date (period)"),
}

UNIT_NAMES = {
    Unit.COUNT: Text("штуки", "count"),
    Unit.MONEY: Text("деньги", "money"),
    Unit.SHARE: Text("доля, %", "share, %"),
    Unit.RATIO: Text("отношение", "ratio"),
    Unit.SECONDS: Text("время", "time"),
    Unit.DAYS: Text("дни", "days"),
    Unit.MONTHS: Text("месяцы", "months"),
    Unit.MONEY_PER_DAY: Text("деньги в день", "money per day"),
}

_NO_VALUE = {
    NoValue.EMPTY_DENOMINATOR: Text("не на что делить: знаменатель пуст", "nothing to divide by"),
    NoValue.NOT_LOADED: Text("таких фактов не загружено", "the facts for it are not loaded"),
    NoValue.CANNOT_SPLIT: Text("факты не знают этого разреза", "the facts do not know this split"),
    NoValue.TOO_FEW: Text("слишком мало случаев", "too few cases"),
    NoValue.NOT_RIPE: Text("ещё рано: когорта не дозрела", "too early: the cohort is not ripe"),
}
_UNSAID = Text("нет данных", "no data")


def say(
    figure: Figure,
    language: Language,
    currency: str = "RUB",
    unit_scale: Scale = Scale.ONE,
    *,
    signed: bool = False,
    bare: bool = False,
    digits: int | None = None,
) -> str:
    """A figure with its unit; a dash where it has no value (the reason is :func:`say_no_value`).

    ``bare`` leaves the unit to the head of the column, ``signed`` puts a plus before what is above zero.
    """
    if figure.value is None:
        return DASH
    return say_number(
        figure.value, figure.unit, language, currency, unit_scale, signed=signed, bare=bare, digits=digits
    )


def say_number(
    value: Number | float,
    unit: Unit,
    language: Language,
    currency: str = "RUB",
    unit_scale: Scale = Scale.ONE,
    *,
    signed: bool = False,
    bare: bool = False,
    digits: int | None = None,
) -> str:
    """A number of a unit in words of one language."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if unit is Unit.SECONDS:
        return _sign(exact, signed) + say_duration(abs(exact)).say(language)
    if unit in (Unit.MONEY, Unit.MONEY_PER_DAY):
        said = _money(exact, unit, language, currency, unit_scale, bare=bare, digits=digits)
    elif unit is Unit.SHARE:
        said = _decimal(exact * 100, 1 if digits is None else digits, language) + _percent(language)
    elif unit in (Unit.DAYS, Unit.MONTHS):
        said = _counted(exact, unit, language, bare=bare)
    else:
        places = digits if digits is not None else (1 if unit is Unit.RATIO else _places(exact))
        said = _decimal(exact, places, language)
    return _sign(_shown(exact, said), signed) + said


def say_difference(value: Number | float, unit: Unit, language: Language, currency: str = "RUB") -> str:
    """A deviation: always signed; a difference of shares is in points.

    >>> say_difference(Decimal("-0.097"), Unit.SHARE, "ru")
    '−9,7\\xa0п.п.'
    """
    exact = Decimal(str(value))
    if unit is not Unit.SHARE:
        return say_number(exact, unit, language, currency, signed=True)
    said = _decimal(exact * 100, 1, language)
    return _sign(_shown(exact, said), signed=True) + said + NBSP + Text("п.п.", "pp").say(language)


def say_interval(
    interval: Interval,
    unit: Unit,
    language: Language,
    currency: str = "RUB",
    unit_scale: Scale = Scale.ONE,
    *,
    signed: bool = False,
) -> str:
    """The bounds with one unit: ``18,4–21,9 %``; with signs ``−1,2 … +0,4 %``."""
    share = unit is Unit.SHARE
    low, high = (
        say_number(bound, unit, language, currency, unit_scale, signed=signed, bare=True)
        for bound in (interval.low, interval.high)
    )
    if share:
        low = low.removesuffix(_percent(language))
    signs = signed or interval.low < 0
    return f"{low}{NBSP}…{NBSP}{high}" if signs else f"{low}{EN_DASH}{high}"


def say_level(interval: Interval) -> Text:
    """«интервал 90 %», said beside the bounds."""
    level = round(interval.level * 100)
    return Text(f"интервал {level}{NBSP}%", f"{level}% interval")


def say_no_value(reason: NoValue | None) -> Text:
    """Why there is a dash."""
    return _NO_VALUE[reason] if reason is not None else _UNSAID


def say_duration(seconds: Number | float) -> Text:
    """Seconds as a person says them: ``45 с``, ``40 мин``, ``3 ч 40 мин``, from a day on ``1,4 дня``."""
    whole = int(Decimal(str(seconds)).quantize(Decimal(1), ROUND_HALF_UP))
    if whole < 60:
        return Text(f"{whole}{NBSP}с", f"{whole}{NBSP}s")
    minutes = (whole + 30) // 60
    if minutes < 60:
        return Text(f"{minutes}{NBSP}мин", f"{minutes}{NBSP}min")
    if whole < DAY:
        return _hours(minutes)
    return _both(lambda language: _counted(Decimal(whole) / DAY, Unit.DAYS, language))


def say_working(seconds: Number | float) -> Text:
    """Working seconds: never turned into days, for a working day is not 24 hours."""
    minutes = int((Decimal(str(seconds)) / 60).quantize(Decimal(1), ROUND_HALF_UP))
    return say_duration(seconds) if minutes < 60 else _hours(minutes)


def money_scale(values: Iterable[Number | float | None], *, million_from: int = 1_000_000) -> Scale:
    """The one unit that suits all money of a page: by the largest absolute value.

    A table whose smallest rows must stay readable asks for millions later.
    """
    largest = max((abs(Decimal(str(value))) for value in values if value is not None), default=Decimal(0))
    if largest >= million_from:
        return Scale.MILLION
    return Scale.THOUSAND if largest >= 100_000 else Scale.ONE


def money_unit(currency: str, unit_scale: Scale = Scale.ONE) -> Text:
    """What stands in the head of a column: ``млн ₽``, ``₽ m``."""
    symbol = _symbol(currency)
    name = SCALE_NAMES[unit_scale]
    return Text(f"{name.ru}{NBSP}{symbol}".strip(), f"{symbol}{NBSP}{name.en}".strip())


def say_day(day: date, today: date | None = None) -> Text:
    """``20 ноября``; the year is said where it is not that of ``today``."""
    year = "" if today and today.year == day.year else f"{NBSP}{day.year}"
    return _both(lambda language: f"{day.day}{NBSP}{_month_name(day.month, language)}{year}")


def say_moment(moment: datetime, zone: ZoneInfo, today: date | None = None) -> Text:
    """Day and time of a moment in the company's zone."""
    local = moment.astimezone(zone)
    day = say_day(local.date(), today)
    return Text(f"{day.ru}, {local:%H:%M}", f"{day.en}, {local:%H:%M}")


def say_month(month: Month, today: date | None = None) -> Text:
    """``ноябрь 2026``; the year is left out where it is that of ``today``."""
    year = "" if today and today.year == month.year else f" {month.year}"
    return _both(lambda language: f"{_month_name(month.month, language, alone=True)}{year}")


def say_period(period: Period | None, today: date | None = None) -> Text:
    """``1–20 ноября 2026``, a whole month as ``ноябрь 2026``, None as «всё время»."""
    if period is None:
        return Text("всё время", "all time")
    first, last = period.start, period.last_day
    if len(period.months) == 1 and period == period.months[0].period:
        return say_month(period.months[0], today)
    end = say_day(last, today)
    if (first.year, first.month) == (last.year, last.month):
        if first == last:
            return end
        return Text(f"{first.day}{EN_DASH}{end.ru}", f"{first.day}{EN_DASH}{end.en}")
    start = say_day(first, last)
    return Text(f"{start.ru} {EN_DASH} {end.ru}", f"{start.en} {EN_DASH} {end.en}")


def say_week(monday: date, today: date | None = None) -> Text:
    """A week by its days: ``16–22 ноября``."""
    return say_period(Period(monday, monday + timedelta(days=7)), today)


def say_ripe(ripe: float) -> Text:
    """How much of a cohort's expected sales has had time to happen."""
    share = round(ripe * 100)
    return Text(f"дозрело {share}{NBSP}%", f"{share}% ripe")


def say_leads(number: int) -> Text:
    """``1 лид``, ``3 лида``, ``25 лидов`` with the number grouped."""
    return say_count(number, ("лид", "лида", "лидов"), ("lead", "leads"))


def say_count(number: int, ru: tuple[str, str, str], en: tuple[str, str]) -> Text:
    """A grouped number and the form of the word that agrees with it.

    >>> say_count(7142, ("пара", "пары", "пар"), ("pair", "pairs")).en.replace(NBSP, " ")
    '7,142 pairs'
    """
    word = plural(number, ru, en)
    return _both(lambda language: f"{_decimal(Decimal(number), 0, language)}{NBSP}{word.say(language)}")


def _money(
    exact: Decimal,
    unit: Unit,
    language: Language,
    currency: str,
    unit_scale: Scale,
    *,
    bare: bool,
    digits: int | None,
) -> str:
    said = _decimal(exact / unit_scale.divisor, unit_scale.digits if digits is None else digits, language)
    if bare:
        return said
    scale, symbol = SCALE_NAMES[unit_scale].say(language), _symbol(currency)
    per_day = Text("/день", "/day").say(language) if unit is Unit.MONEY_PER_DAY else ""
    if language == "en":
        return f"{symbol}{NBSP if len(symbol) > 1 else ''}{said}{scale}{per_day}"
    return NBSP.join(part for part in (said, scale, symbol) if part) + per_day


def _counted(exact: Decimal, unit: Unit, language: Language, *, bare: bool = False) -> str:
    places = 0 if abs(exact) >= 10 or exact == exact.to_integral_value() else 1
    said = _decimal(exact, places, language)
    if bare:
        return said
    forms = {
        Unit.DAYS: (("день", "дня", "дней"), ("day", "days")),
        Unit.MONTHS: (("месяц", "месяца", "месяцев"), ("month", "months")),
    }
    ru, en = forms[unit]
    word = Text(ru[1], en[1]) if places else plural(int(abs(exact).quantize(Decimal(1), ROUND_HALF_UP)), ru, en)
    return f"{said}{NBSP}{word.say(language)}"


def _hours(minutes: int) -> Text:
    hours, rest = divmod(minutes, 60)
    if not rest:
        return Text(f"{hours}{NBSP}ч", f"{hours}{NBSP}h")
    return Text(f"{hours}{NBSP}ч{NBSP}{rest:02d}{NBSP}мин", f"{hours}{NBSP}h{NBSP}{rest:02d}{NBSP}min")


def _decimal(exact: Decimal, digits: int, language: Language) -> str:
    """Without a sign: signs are ours."""
    rounded = abs(exact).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(rounded, format=pattern, locale=language))


def _shown(exact: Decimal, said: str) -> Decimal:
    """Zero where rounding leaves nothing to see: «−0,0» says a sign that no digit bears out."""
    return exact if any(sign in "123456789" for sign in said) else Decimal(0)


def _sign(exact: Decimal, signed: bool) -> str:
    if exact < 0:
        return MINUS
    return "+" if signed and exact > 0 else ""


def _places(exact: Decimal) -> int:
    return 0 if exact == exact.to_integral_value() else 1


def _percent(language: Language) -> str:
    return f"{NBSP}%" if language == "ru" else "%"


def _symbol(currency: str) -> str:
    return str(get_currency_symbol(currency, locale="ru"))


def _month_name(month: int, language: Language, *, alone: bool = False) -> str:
    names = get_month_names("wide", context="stand-alone" if alone else "format", locale=language)
    return str(names[month])


def _both(make: Callable[[Language], str]) -> Text:
    ru, en = (make(language) for language in LANGUAGES)
    return Text(ru, en)
