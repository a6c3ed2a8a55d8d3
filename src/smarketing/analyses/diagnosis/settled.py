"""Step 1. Is it written down who answers for what: stages, the border between the departments, criteria, norms?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from smarketing.analyses.diagnosis.result import Case, Evidence, State
from smarketing.facts.company import Company, Milestone, Stage, Zone
from smarketing.facts.criteria import CriteriaVersion
from smarketing.facts.language import Text
from smarketing.metrics.wording import ZONE_NAMES

_NEEDED = (Milestone.ACCEPTED, Milestone.DEAL, Milestone.WON)
_MILESTONES = {
    Milestone.ACCEPTED: Text("принят", "accepted"),
    Milestone.DEAL: Text("сделка", "deal"),
    Milestone.WON: Text("продажа", "sale"),
}
_NO_STAGES = Text("Стадии не описаны.", "No stages are described.")
_WRITE_STAGES = Text(
    "Описать стадии в company.toml и у каждой назвать зону.",
    "Describe the stages in company.toml and name the zone of each.",
)
_ZONES = Text("Зоны стадий: {zones}.", "Zones of the stages: {zones}.")
_DRAW_BORDER = Text(
    "Назвать стадии, за которые отвечает маркетинг: сейчас все в одной зоне.",
    "Name the stages that marketing answers for: now all are in one zone.",
)
_HAS_MILESTONES = Text("Вехи на стадиях есть: {found}.", "The stages carry the milestones: {found}.")
_LACKS_MILESTONES = Text("На стадиях нет вех: {lacking}.", "No stage carries the milestone: {lacking}.")
_MARK_MILESTONES = Text(
    "Отметить стадии вехами: по ним проходит передача лида.",
    "Mark the stages with milestones: there the lead is handed over.",
)
_CRITERIA = Text(
    "Критерии целевого лида записаны: версия {version}, правил {rules}.",
    "The criteria of a target lead are written down: version {version}, rules: {rules}.",
)
_NO_CRITERIA = Text(
    "Критерии целевого лида на этот месяц не записаны.", "No criteria of a target lead are written for this month."
)
_WRITE_CRITERIA = Text(
    "Записать критерии целевого лида вместе с обоими руководителями.",
    "Write down the criteria of a target lead together with both heads.",
)
_SLA = Text(
    "Норма первого ответа — {minutes} рабочих минут; срок задан у всех стадий до продажи.",
    "The norm of the first response is {minutes} working minutes; every stage before the sale has its time.",
)
_NO_SLA = Text(
    "Норма первого ответа — {minutes} рабочих минут; срок не задан у стадий: {stages}.",
    "The norm of the first response is {minutes} working minutes; these stages have no time: {stages}.",
)
_SET_SLA = Text("Назвать срок каждой стадии (sla_minutes).", "Give every stage its time (sla_minutes).")
_CONVERSION = Text("За конверсию в продажу отвечает зона: {zone}.", "Conversion to sale is in the zone: {zone}.")


def settled(case: Case) -> Iterator[Evidence]:
    """What the settings say."""
    company = case.company
    found = [_zones(company), _milestones(company), _criteria(case)]
    if company.stages:
        found.append(_norms(company))
    yield from (replace(one, zone=Zone.JOINT) for one in found)  # what is written down, both heads agree on
    zone = ZONE_NAMES[Zone(company.verdict.conversion_zone)]
    yield Evidence("conversion-zone", _CONVERSION.fill(zone=_lower(zone)), None, zone=Zone.JOINT)


def _zones(company: Company) -> Evidence:
    if not company.path:
        return Evidence("stages", _NO_STAGES, State.ATTENTION, action=_WRITE_STAGES)
    counts = {zone: sum(stage.zone is zone for stage in company.path) for zone in Zone}
    listed = _listed(
        [
            Text(f"{_lower(ZONE_NAMES[zone]).ru} {count}", f"{_lower(ZONE_NAMES[zone]).en} {count}")
            for zone, count in counts.items()
            if count
        ]
    )
    one_zone = len([count for count in counts.values() if count]) == 1
    state = State.ATTENTION if one_zone else State.IN_ORDER
    return Evidence("stages", _ZONES.fill(zones=listed), state, action=_DRAW_BORDER if one_zone else None)


def _milestones(company: Company) -> Evidence:
    lacking = [milestone for milestone in _NEEDED if company.order(milestone) is None]
    if lacking:
        text = _LACKS_MILESTONES.fill(lacking=_listed([_MILESTONES[one] for one in lacking]))
        return Evidence("milestones", text, State.ATTENTION, action=_MARK_MILESTONES)
    found = _listed([_MILESTONES[one] for one in _NEEDED])
    return Evidence("milestones", _HAS_MILESTONES.fill(found=found), State.IN_ORDER)


def _criteria(case: Case) -> Evidence:
    valid = _valid(case)
    if valid is None:
        return Evidence("criteria", _NO_CRITERIA, State.ATTENTION, action=_WRITE_CRITERIA)
    text = _CRITERIA.fill(version=valid.version, rules=len(valid.rules))
    return Evidence("criteria", text, State.IN_ORDER)


def _valid(case: Case) -> CriteriaVersion | None:
    """The newest version that was valid in the month."""
    known = [one for one in case.company.criteria if one.valid_from <= case.period.last_day]
    return max(known, key=lambda one: one.valid_from, default=None)


def _norms(company: Company) -> Evidence:
    walked: Sequence[Stage] = [stage for stage in company.path if stage.milestone is not Milestone.WON]
    lacking = [stage.name.text for stage in walked if stage.sla_minutes is None]
    if not lacking:
        return Evidence("norms", _SLA.fill(minutes=company.response_sla_minutes), State.IN_ORDER)
    text = _NO_SLA.fill(minutes=company.response_sla_minutes, stages=_listed(lacking))
    return Evidence("norms", text, State.ATTENTION, action=_SET_SLA)


def _listed(texts: Sequence[Text]) -> Text:
    return Text(", ".join(text.ru for text in texts), ", ".join(text.en for text in texts))


def _lower(text: Text) -> Text:
    return Text(text.ru.lower(), text.en.lower())
