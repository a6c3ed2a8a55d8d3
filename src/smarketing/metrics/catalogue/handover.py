"""What became of the leads that marketing handed to sales, and which of them nobody took up?

A lead is handed over when it appears in the CRM: from that moment the norm of the first response runs. Each is
counted on the day it came, so the ledger of a day does not lose those who were answered a day later.
"""

from __future__ import annotations

from smarketing.facts.company import Milestone, Zone
from smarketing.facts.language import Text
from smarketing.metrics.catalogue.facts import BOTH, of_leads
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_LOST_BEFORE = "outcome = 'lost' AND NOT is_accepted"
_NAMED = "target_verdict = 'non_target' AND criterion IS NOT NULL"
UNTAKEN = "outcome = 'open' AND NOT is_accepted AND NOT is_answered"
FORGOTTEN = f"{UNTAKEN} AND is_handled = FALSE"

MEASURES: tuple[Measure, ...] = (
    of_leads("handed_over_leads"),
    of_leads("handed_accepted_leads", "is_accepted", needs=Milestone.ACCEPTED),
    of_leads("handed_in_time_leads", "is_handled"),
    of_leads("returned_leads", f"{_LOST_BEFORE} AND {_NAMED}"),
    of_leads("returned_unnamed_leads", f"{_LOST_BEFORE} AND NOT ({_NAMED})"),
    of_leads("forgotten_leads", FORGOTTEN),
    of_leads("sourceless_leads", "lead_source IS NULL"),
)


def _count(
    key: str,
    name: Text,
    meaning: Text,
    formula: Text,
    zone: Zone,
    direction: Direction,
    pitfall: Text | None = None,
) -> Metric:
    return Metric(
        key, name, meaning, formula, Unit.COUNT, direction, zone, BOTH, numerator=(key,), pitfall=pitfall
    )  # fmt: skip


def _age(key: str, name: Text, meaning: Text, formula: Text) -> Metric:
    return Metric(
        key, name, meaning, formula, Unit.SECONDS, Direction.DOWN, Zone.SALES, BOTH, numerator=(),
        computed_by="handover",
    )  # fmt: skip


METRICS: tuple[Metric, ...] = (
    _count(
        "handed_over_leads",
        Text("Передано продажам", "Handed over"),
        Text("Сколько лидов маркетинг передал продажам.", "How many leads marketing handed to sales."),
        Text("лиды, появившиеся в CRM", "leads that appeared in the CRM"),
        Zone.MARKETING,
        Direction.UP,
        Text(
            "Передан — не значит принят: с появления карточки идёт норма ответа.",
            "Handed over is not accepted: from the card's appearance the norm of the answer runs.",
        ),
    ),
    _count(
        "handed_accepted_leads",
        Text("Приняты", "Accepted"),
        Text("Сколько переданных лидов продажи приняли.", "How many of those handed over sales accepted."),
        Text("переданные лиды с вехой «принят»", "leads handed over with the milestone accepted"),
        Zone.SALES,
        Direction.UP,
    ),
    _count(
        "handed_in_time_leads",
        Text("Ответили в срок", "Answered in time"),
        Text("Скольким переданным лидам ответили в пределах SLA.", "How many were answered within the SLA."),
        Text(
            "переданные лиды с первым ответом в пределах SLA",
            "leads handed over whose first response kept the SLA",
        ),
        Zone.SALES,
        Direction.UP,
    ),
    _count(
        "returned_leads",
        Text("Возвращены с критерием", "Returned with a criterion"),
        Text(
            "Сколько переданных лидов отклонено до принятия по названному критерию.",
            "How many were turned down before acceptance by a named criterion.",
        ),
        Text(
            "потерянные до принятия лиды с решением «нецелевой» и критерием",
            "leads lost before acceptance, judged non-target by a criterion",
        ),
        Zone.MARKETING,
        Direction.DOWN,
    ),
    _count(
        "returned_unnamed_leads",
        Text("Отклонены без критерия", "Turned down without one"),
        Text(
            "Сколько переданных лидов потеряно до принятия, а критерия нет.",
            "How many were lost before acceptance with no criterion named.",
        ),
        Text("потерянные до принятия лиды без критерия", "leads lost before acceptance without a criterion"),
        Zone.SALES,
        Direction.DOWN,
        Text(
            "О них и спорят: лид ушёл, а почему, не записано.",
            "The quarrel is about these: nobody wrote down why.",
        ),
    ),
    _count(
        "forgotten_leads",
        Text("Забыты", "Forgotten"),
        Text(
            "Сколько переданных лидов открыты, не приняты и без ответа дольше нормы.",
            "How many are open, not accepted and unanswered beyond the norm.",
        ),
        Text(
            "открытые переданные лиды без принятия и ответа, срок которых вышел",
            "open leads handed over, neither accepted nor answered, past the norm",
        ),
        Zone.SALES,
        Direction.DOWN,
    ),
    _age(
        "forgotten_median_age",
        Text("Возраст забытых, медиана", "Age of the forgotten, median"),
        Text("Сколько рабочего времени ждёт половина забытых.", "How long half of the forgotten wait."),
        Text("медиана рабочего времени от создания забытых", "median working time since the forgotten came"),
    ),
    _age(
        "forgotten_oldest_age",
        Text("Самый старый из забытых", "The oldest of them"),
        Text("Сколько рабочего времени ждёт самый старый.", "How long the oldest of the forgotten waits."),
        Text("рабочее время от создания самого раннего", "working time since the earliest of them came"),
    ),
    Metric(
        key="no_source_share",
        name=Text("Доля без источника", "Share without a source"),
        meaning=Text(
            "У какой доли лидов неизвестно, откуда они пришли.", "Of which share of leads nobody knows where from."
        ),
        formula=Text("лиды без источника ÷ лиды", "leads without a source ÷ leads"),
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("sourceless_leads",),
        denominator=("leads",),
        interval="wilson",
        pitfall=Text(
            "CPL рядом с большой долей неизвестных занижен или завышен: расход есть, а лиды не его.",
            "Beside a large unknown share a CPL is no CPL: the money is there, the leads are elsewhere.",
        ),
    ),
)
