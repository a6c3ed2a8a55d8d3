"""``smarketing show required --cards``: the cards behind the figures."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smarketing.analyses.labels import say_key
from smarketing.analyses.required import Lacking
from smarketing.cli.language import t
from smarketing.facts.company import Company
from smarketing.facts.language import Language
from smarketing.metrics.wording import DASH, say_moment


def print_cards(console: Console, cards: Sequence[Lacking], company: Company, language: Language) -> None:
    """A line per card and stage: what is missing, whose it is, since when."""
    if not cards:
        console.print(t("Карточек без обязательных полей нет.", "No card lacks a required field."))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    heads = (
        t("Лид", "Lead"), t("Стадия", "Stage"), t("Нет поля", "Lacks"), t("Менеджер", "Manager"),
        t("Перешёл", "Moved"), t("Стоит там", "Stands there"), t("Карточка", "Card"),
    )  # fmt: skip
    for head in heads:
        table.add_column(head)
    for card in cards:
        table.add_row(*map(escape, _cells(card, company, language)))
    console.print(table)


def _cells(card: Lacking, company: Company, language: Language) -> Sequence[str]:
    return (
        card.lead_id,
        say_key(company, "stage", card.stage).say(language),
        ", ".join(say_key(company, "field", field).say(language) for field in card.fields),
        card.manager or DASH,
        say_moment(card.moved_at, company.tz).say(language) if card.moved_at else DASH,
        t("да", "yes") if card.stands else t("нет", "no"),
        card.url or DASH,
    )
