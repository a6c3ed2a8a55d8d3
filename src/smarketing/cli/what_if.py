"""How do the rivals' splits, a counterfactual and the split by source look in a terminal?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from smarketing.analyses.verdict.beside_words import RIVAL_NAMES, had_sentence, rivals_sentence, sources_sentence
from smarketing.analyses.verdict.result import CAUSE_NAMES, Cause, Verdict
from smarketing.analyses.verdict.rivals import Had, RivalSplit
from smarketing.analyses.verdict.sources import SourceSplit, source_label
from smarketing.cli.language import t
from smarketing.facts.company import Company
from smarketing.facts.language import Language
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import ZONE_NAMES, money_scale, say_number


def print_rivals(
    console: Console, verdict: Verdict, rivals: Sequence[RivalSplit], company: Company, language: Language
) -> None:
    """The fair split and the two favourite orders side by side: where they differ is what is argued about."""
    if not rivals:
        return
    scale = money_scale([effect for rival in rivals for effect in rival.effects.values()])
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(t("Причина", "Cause"))
    heads = [t("По Оуэну", "Owen"), *(RIVAL_NAMES[rival.first].say(language) for rival in rivals)]
    for head in heads:
        table.add_column(head, justify="right")

    def row(name: str, *effects: Decimal, style: str = "") -> None:
        said = (
            say_number(effect, Unit.MONEY, language, company.currency, scale, signed=True) for effect in effects
        )
        table.add_row(name, *said, style=style)

    for part in verdict.parts:
        row(CAUSE_NAMES[part.cause].say(language), part.effect, *(rival.effects[part.cause] for rival in rivals))
    for zone in verdict.zones:
        name = ZONE_NAMES[zone.zone].say(language)
        row(name, zone.effect, *(rival.zones[zone.zone] for rival in rivals), style="bold")
    console.print(
        t(
            "То же отклонение, если заменять план фактом в одном порядке:",
            "The same gap when fact replaces plan in one order only:",
        ),
        highlight=False,
    )
    console.print(table)
    console.print(rivals_sentence(verdict, rivals, company).say(language), highlight=False)


def print_had(console: Console, had: Had, company: Company, language: Language) -> None:
    """One sentence: what revenue would be, its interval, and how far that is from the fact."""
    console.print(had_sentence(had, company).say(language), highlight=False)


def print_sources(
    console: Console, verdict: Verdict, sources: SourceSplit, company: Company, language: Language
) -> None:
    """The gap by segment and source, one column for each cause that moved any of it."""
    causes = [
        cause for cause, effects in sources.effects.items() if cause is not Cause.TIMING and any(effects.values())
    ]
    scale = money_scale([effect for cause in causes for effect in sources.effects[cause].values()])

    def money(amount: Decimal) -> str:
        return say_number(amount, Unit.MONEY, language, company.currency, scale, signed=True)

    table = Table(box=None, pad_edge=False, header_style="bold", show_footer=True)
    table.add_column(t("Сегмент", "Segment"), footer=t("Всего", "Total"))
    table.add_column(t("Источник", "Source"))
    for cause in causes:
        total = sum(sources.effects[cause].values(), Decimal(0))
        table.add_column(CAUSE_NAMES[cause].say(language), justify="right", footer=money(total))
    whole = sum((sources.of(cell) for cell in sources.cells), Decimal(0))
    table.add_column(t("Вклад", "Effect"), justify="right", footer=money(whole))
    for cell in sources.cells:
        segment, source = company.label("segment", cell[0]), source_label(cell[1], company)
        effects = [money(sources.effects[cause][cell]) for cause in causes]
        table.add_row(segment.say(language), source.say(language), *effects, money(sources.of(cell)))
    console.print(table)
    if told := sources_sentence(verdict, sources, company):
        console.print(told.say(language), highlight=False)
    if sources.planned:
        named = ", ".join(company.label("segment", segment).say(language) for segment in sources.planned)
        console.print(t(f"План по источникам задан: {named}.", f"Planned by source: {named}."), highlight=False)
    timing = verdict.part(Cause.TIMING)
    if timing is not None and timing.effect:
        name = CAUSE_NAMES[Cause.TIMING].say(language)
        console.print(f"{name}: {money(timing.effect)}", highlight=False)
