"""What in the portal's own records makes figures poorer, and how often?"""

from __future__ import annotations

from collections.abc import Iterator

from smarketing.connectors.bitrix24.names import Names
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.bitrix24.pipelines import LOST, WON, StageMap
from smarketing.connectors.outside.mirror import Mirror, Stored
from smarketing.connectors.outside.streams import Finding
from smarketing.facts.company import Company
from smarketing.facts.language import Text

_SHOWN = 5
_SAID = {
    "won-without-sum": Text(
        "Выигранные сделки без суммы: оплаты по ним не посчитаны.",
        "Won deals without a sum: no payment is counted for them.",
    ),
    "lost-without-reason": Text(
        "Проигранные карточки без причины отказа.",
        "Lost cards without a loss reason.",
    ),
    "unknown-stage": Text(
        "Карточки на стадиях, которых нет в company.toml: переходы в них не посчитаны.",
        "Cards in stages that company.toml does not know: moves into them are not counted.",
    ),
    "no-source": Text(
        "Лиды без источника: ни меток, ни поля «Источник».",
        "Leads without a source: neither tags nor the field “Source”.",
    ),
    "owner-unknown": Text(
        "Карточки сотрудников, о которых портал не рассказывает: боты и внешние пользователи.",
        "Cards of people whom the portal does not tell us of: bots and outside users.",
    ),
}


def findings(mirror: Mirror, company: Company, options: Options) -> Iterator[Finding]:
    """One pass over the cards; kinds that found nothing are left out."""
    names = Names(mirror)
    stages = StageMap(names, company)
    found: dict[str, list[str]] = {key: [] for key in _SAID}
    counts = dict.fromkeys(_SAID, 0)
    for stream in ("leads", "deals"):
        for stored in mirror.all(stream):
            for key in _of_card(stored, stages, names, options):
                counts[key] += 1
                if len(found[key]) < _SHOWN:
                    found[key].append(f"{'L' if stream == 'leads' else 'D'}{stored.key}")
    for key, text in _SAID.items():
        if counts[key]:
            yield Finding(key, text, counts[key], tuple(found[key]))


def _of_card(stored: Stored, stages: StageMap, names: Names, options: Options) -> Iterator[str]:
    body, is_lead = stored.body, stored.stream == "leads"
    semantic, code = body.get("stageSemanticId"), str(body.get("stageId"))
    if semantic == WON and not is_lead and str(body.get("opportunity") or "0").strip("0.") == "":
        yield "won-without-sum"
    field = options.lead_loss_field if is_lead else options.deal_loss_field
    if semantic == LOST and field and body.get(field) in (None, "", 0, "0", []):
        yield "lost-without-reason"
    if (stages.lead(code) if is_lead else stages.deal(code)) is None:
        yield "unknown-stage"
    if is_lead and not body.get("sourceId") and not body.get("utmSource"):
        yield "no-source"
    owner = body.get("assignedById")
    if owner and int(str(owner)) not in names.users:
        yield "owner-unknown"
