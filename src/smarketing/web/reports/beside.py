"""What stands beside the verdict for those who argue about it? The rival orders, a counterfactual, the sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpResponse

from smarketing.analyses.labels import say_key
from smarketing.analyses.verdict import Had, RivalSplit, Verdict, had, rival_splits
from smarketing.analyses.verdict.beside_words import RIVAL_NAMES, had_sentence, rivals_sentence, sources_sentence
from smarketing.analyses.verdict.result import CAUSE_NAMES, Cause
from smarketing.analyses.verdict.rivals import parse_causes
from smarketing.analyses.verdict.sources import SourceSplit, by_source, source_label
from smarketing.analyses.verdict.words import main_cause
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.jobs.record_export import Sheet
from smarketing.metrics.wording import ZONE_NAMES, Scale, money_scale, money_unit, say_month
from smarketing.web.reports.cockpit.saying import money
from smarketing.web.reports.page import Page
from smarketing.web.reports.sheets import FORMATS, rivals_sheet, sheet_file, sources_sheet
from smarketing.web.reports.tables import ZONE_CLASS
from smarketing.web.reports.verdicts import of_company, verdict_of

SOURCES = "sources"


@dataclass(frozen=True)
class Beside:
    """Of one verdict; ``had`` is None where no cause was asked and none is certain, ``sources`` unless asked."""

    verdict: Verdict
    rivals: tuple[RivalSplit, ...]
    had: Had | None
    sources: SourceSplit | None


@dataclass(frozen=True)
class EffectRow:
    name: Text
    zone: Text
    zone_class: str
    cells: tuple[str, ...]
    is_zone: bool = False


@dataclass(frozen=True)
class SourceRow:
    segment: Text
    source: Text
    cells: tuple[str, ...]


def beside(page: Page, month: Month) -> Beside | None:
    """What is to be told of the month's verdict; None where there is none.

    Raises :class:`WrongQuestion` for a cause or a table that nobody knows.
    """
    verdict, causes = verdict_of(of_company(page), month), _causes(page)
    wanted = page.request.GET.get("beside", "")
    if wanted not in ("", SOURCES):
        raise WrongQuestion("bad-beside", Text("beside бывает только sources.", "beside may only be sources."))
    rivals = rival_splits(verdict)
    if not rivals or not verdict.parts:
        return None
    main = main_cause(verdict)
    asked = causes or ((main.cause,) if main else ())
    key = f"{month} {' '.join(asked)}"
    return Beside(
        verdict,
        rivals,
        page.facts.answer("had", key, lambda: had(verdict, asked)) if asked else None,
        page.facts.answer("sources", str(month), lambda: by_source(page.reader, verdict)) if wanted else None,
    )


def beside_file(page: Page, found: Beside | None, month: Month) -> HttpResponse | None:
    """The table of rivals or of sources as a file where the address asks for one."""
    if found is None:
        return None
    made: dict[str, Callable[[], Sheet]] = {
        "rivals": partial(rivals_sheet, found.verdict, found.rivals, page.language)
    }
    if found.sources:
        made[SOURCES] = partial(sources_sheet, found.verdict, found.sources, page.company, page.language)
    name = page.request.GET.get("table", "")
    return sheet_file(page.request, made[name], f"{name}-{month}", page.language) if name in made else None


def shown_beside(page: Page, found: Beside | None) -> dict[str, Any] | None:
    """The context of the template."""
    if found is None:
        return None
    verdict, company = found.verdict, page.company
    chosen = found.had.causes if found.had else ()
    scale = money_scale([effect for rival in found.rivals for effect in rival.effects.values()])
    return {
        "month": say_month(verdict.month, page.today),
        "unit": page.say(money_unit(verdict.currency, scale)),
        "rivals": rivals_sentence(verdict, found.rivals, company),
        "heads": [RIVAL_NAMES[rival.first] for rival in found.rivals],
        "rows": _rival_rows(page, found, scale),
        "rival_files": _exports(page, "rivals"),
        "had": had_sentence(found.had, company) if found.had else None,
        "had_open": bool(_causes(page)),
        "causes": [(part.cause.value, CAUSE_NAMES[part.cause], part.cause in chosen) for part in verdict.parts],
        "sources": _sources(page, found.sources, verdict) if found.sources else None,
        "sources_href": page.href(beside=SOURCES) + "#sources",
    }


def _causes(page: Page) -> tuple[Cause, ...]:
    return parse_causes(",".join(page.request.GET.getlist("had")))


def _rival_rows(page: Page, found: Beside, scale: Scale) -> list[EffectRow]:
    def row(name: Text, zone: Any, effects: Sequence[Decimal], *, is_zone: bool) -> EffectRow:
        said = tuple(money(page, effect, scale, signed=True) for effect in effects)
        return EffectRow(name, ZONE_NAMES[zone], ZONE_CLASS[zone], said, is_zone)

    together = Text("Зона вместе", "The zone together")
    causes = [
        row(CAUSE_NAMES[part.cause], part.zone, [part.effect, *(one.effects[part.cause] for one in found.rivals)],
            is_zone=False)
        for part in found.verdict.parts
    ]  # fmt: skip
    zones = [
        row(together, zone.zone, [zone.effect, *(one.zones[zone.zone] for one in found.rivals)], is_zone=True)
        for zone in found.verdict.zones
    ]
    return causes + zones


def _sources(page: Page, sources: SourceSplit, verdict: Verdict) -> dict[str, Any]:
    causes = [one for one, effects in sources.effects.items() if one is not Cause.TIMING and any(effects.values())]
    scale = money_scale([effect for cause in causes for effect in sources.effects[cause].values()])

    def said(amounts: Sequence[Decimal]) -> tuple[str, ...]:
        return tuple(money(page, amount, scale, signed=True) for amount in amounts)

    sums = [sum(sources.effects[cause].values(), Decimal(0)) for cause in causes]
    timing = verdict.part(Cause.TIMING)
    return {
        "sentence": sources_sentence(verdict, sources, page.company),
        "unit": page.say(money_unit(verdict.currency, scale)),
        "heads": [CAUSE_NAMES[cause] for cause in causes],
        "rows": [
            SourceRow(
                say_key(page.company, "segment", cell[0]),
                source_label(cell[1], page.company),
                said([*(sources.effects[cause][cell] for cause in causes), sources.of(cell)]),
            )
            for cell in sources.cells
        ],
        "total": said([*sums, sum(sums, Decimal(0))]),
        "timing": money(page, timing.effect, scale, signed=True) if timing and timing.effect else "",
        "files": _exports(page, SOURCES),
    }


def _exports(page: Page, name: str) -> list[tuple[str, str]]:
    return [(word.upper(), page.href(format=word, table=name)) for word in FORMATS]
