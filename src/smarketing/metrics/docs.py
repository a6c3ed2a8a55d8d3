"""Where does the written dictionary of metrics come from? From the catalogue, so that it cannot disagree with it.

``python -m smarketing.metrics.docs docs/metrics`` writes both languages; a test holds that they are current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from smarketing.facts.language import LANGUAGES, Language, Text
from smarketing.metrics.catalogue import CHAPTERS, METRICS, splittable_by
from smarketing.metrics.kinds import Direction, Metric
from smarketing.metrics.wording import CLOCK_NAMES, UNIT_NAMES, ZONE_NAMES

FILES: dict[Language, str] = {"en": "README.md", "ru": "README.ru.md"}

_TITLE = Text("Словарь метрик", "The metrics")
_INTRO = Text(
    "Этот файл собран из каталога `smarketing.metrics.catalogue` командой "
    "`python -m smarketing.metrics.docs docs/metrics`. Правьте каталог, а не файл.",
    "This file is generated from the catalogue `smarketing.metrics.catalogue` by "
    "`python -m smarketing.metrics.docs docs/metrics`. Edit the catalogue, not the file.",
)
_TABLE_HEAD = Text(
    "| ключ | название | единица | отвечает | часы |", "| key | name | unit | accountable | clock |"
)
_DIRECTIONS = {
    Direction.UP: Text("больше — лучше", "up is good"),
    Direction.DOWN: Text("меньше — лучше", "down is good"),
    Direction.NEITHER: Text("само по себе ни хорошо, ни плохо", "neither good nor bad by itself"),
}
_FORMULA = Text("Формула", "Formula")
_UNIT = Text("Единица", "Unit")
_ZONE = Text("Отвечает", "Accountable")
_WATCHED = Text("следят", "watched by")
_CLOCK = Text("Часы", "Clock")
_SPLITS = Text("Разрезы", "Splits")
_COMPUTED = Text("Считает измерение", "Computed by the measurement")
_RIPENS = Text(
    "Дозревает: у молодой когорты рядом стоит доля продаж, для которых прошло время.",
    "Ripens: beside a young cohort stands the share of its sales that has had time to happen.",
)
_INTERVAL = Text("Интервал Уилсона 90 %.", "Wilson's interval, 90%.")
_PITFALL = Text("Осторожно", "Pitfall")
_ALL_LEADS = Text('При `mql = "all"` называется', 'With `mql = "all"` it is called')


def page(language: Language) -> str:
    """The whole dictionary in one language, as Markdown."""
    lines = [f"# {_TITLE.say(language)}", "", _INTRO.say(language), ""]
    lines += [_TABLE_HEAD.say(language), "| --- | --- | --- | --- | --- |"]
    lines += [_row(one, language) for one in METRICS.values()]
    for title, keys in CHAPTERS:
        lines += ["", f"## {title.say(language)}"]
        for key in keys:
            lines += ["", *_entry(METRICS[key], language)]
    return "\n".join(lines) + "\n"


def write(folder: Path) -> tuple[Path, ...]:
    """Write both files; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        (folder / FILES[language]).write_text(page(language), encoding="utf-8")
    return tuple(folder / FILES[language] for language in LANGUAGES)


def _row(one: Metric, language: Language) -> str:
    cells = (
        f"[`{one.key}`](#{one.key})",
        one.name.say(language),
        UNIT_NAMES[one.unit].say(language),
        ZONE_NAMES[one.zone].say(language),
        CLOCK_NAMES[one.clocks[0]].say(language),
    )
    return f"| {' | '.join(cells)} |"


def _entry(one: Metric, language: Language) -> Iterator[str]:
    yield f'<a id="{one.key}"></a>'
    yield ""
    yield f"### {one.name.say(language)}"
    yield ""
    yield f"`{one.key}`. {one.meaning.say(language)}"
    yield ""
    yield f"- {_FORMULA.say(language)}: {one.formula.say(language)}."
    unit, direction = UNIT_NAMES[one.unit], _DIRECTIONS[one.direction]
    yield f"- {_UNIT.say(language)}: {unit.say(language)}; {direction.say(language)}."
    yield f"- {_ZONE.say(language)}: {_zones(one, language)}."
    yield f"- {_CLOCK.say(language)}: {'; '.join(CLOCK_NAMES[clock].say(language) for clock in one.clocks)}."
    yield from (f"- {line}" for line in _more(one, language))


def _zones(one: Metric, language: Language) -> str:
    zone = ZONE_NAMES[one.zone].say(language)
    watchers = ", ".join(ZONE_NAMES[watcher].say(language) for watcher in one.watchers)
    return f"{zone}; {_WATCHED.say(language)}: {watchers}" if watchers else zone


def _more(one: Metric, language: Language) -> Iterator[str]:
    if one.computed_by:
        yield f"{_COMPUTED.say(language)} `{one.computed_by}`."
    else:
        yield f"{_SPLITS.say(language)}: {', '.join(f'`{split}`' for split in sorted(splittable_by(one)))}."
    if one.interval:
        yield _INTERVAL.say(language)
    if one.ripens:
        yield _RIPENS.say(language)
    if one.name_all_leads:
        yield f"{_ALL_LEADS.say(language)} «{one.name_all_leads.say(language)}»."
    if one.pitfall:
        yield f"{_PITFALL.say(language)}: {one.pitfall.say(language)}"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
