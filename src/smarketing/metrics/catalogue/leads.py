"""How many leads came, and how far did they walk?"""

from __future__ import annotations

from smarketing.facts.company import Milestone, Zone
from smarketing.facts.language import Text
from smarketing.metrics.catalogue.facts import BOTH, of_leads, of_open_leads
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_TARGET = "target_verdict = 'target'"

MEASURES: tuple[Measure, ...] = (
    of_leads("leads"),
    of_leads("target_leads", _TARGET),
    of_leads("non_target_leads", "target_verdict = 'non_target'"),
    of_leads("unknown_leads", "target_verdict = 'unknown'"),
    of_leads("accepted_leads", "is_accepted", event="accepted", needs=Milestone.ACCEPTED),
    of_leads("accepted_target_leads", f"is_accepted AND {_TARGET}", event="accepted", needs=Milestone.ACCEPTED),
    of_leads(
        "accepted_in_sla_leads",
        f"is_accepted AND {_TARGET} AND is_handled",
        event="accepted",
        needs=Milestone.ACCEPTED,
    ),
    of_open_leads("open_leads", "TRUE"),
    of_leads("filled_fields", expression="{filled}"),
    of_leads("required_fields", expression="{required}"),
)

METRICS: tuple[Metric, ...] = (
    Metric(
        key="leads",
        name=Text("Лиды", "Leads"),
        meaning=Text(
            "Сколько уникальных обращений пришло, без тестовых и дублей.",
            "How many unique enquiries came, without tests and duplicates.",
        ),
        formula=Text("число лидов, кроме тестовых и дублей", "number of leads except tests and duplicates"),
        unit=Unit.COUNT,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("leads",),
        pitfall=Text(
            "Дубли и повторные обращения клиентов завышают число; план по лидам без плана по качеству толкает "
            "собирать случайных.",
            "Duplicates and repeat enquiries of clients inflate the number; a plan for leads without a plan for "
            "quality pushes to collect chance ones.",
        ),
        name_all_leads=Text("Лиды (MQL)", "Leads (MQL)"),
    ),
    Metric(
        key="target_leads",
        name=Text("Целевые лиды (MQL)", "Target leads (MQL)"),
        meaning=Text(
            "Сколько лидов отвечает письменным критериям компании.",
            "How many leads meet the company's written criteria.",
        ),
        formula=Text(
            "лиды с решением «целевой» по версии критериев, действовавшей при создании",
            "leads judged target by the version of criteria valid when they came",
        ),
        unit=Unit.COUNT,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("target_leads",),
        pitfall=Text(
            "У MQL два понимания: каждый лид или лид по критериям. Настройка mql выбирает одно.",
            "MQL has two meanings: every lead, or a lead by criteria. The setting mql picks one.",
        ),
        name_all_leads=Text("Целевые лиды", "Target leads"),
    ),
    Metric(
        key="accepted_leads",
        name=Text("Принятые лиды (SQL)", "Accepted leads (SQL)"),
        meaning=Text(
            "Сколько лидов продажи приняли в работу после контакта.",
            "How many leads sales accepted after contact.",
        ),
        formula=Text(
            "лиды, дошедшие до стадии с вехой «принят»", "leads that reached the stage with the milestone accepted"
        ),
        unit=Unit.COUNT,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("accepted_leads",),
        ripens=True,
        pitfall=Text(
            "Если принимать по мнению, а не по критериям, спор о качестве становится бесконечным.",
            "If acceptance rests on opinion and not on criteria, the quarrel about quality never ends.",
        ),
    ),
    Metric(
        key="accepted_in_sla_leads",
        name=Text("Принятые в срок (SAL)", "Accepted in time (SAL)"),
        meaning=Text(
            "Сколько целевых лидов продажи приняли, ответив в оговорённый срок.",
            "How many target leads sales accepted, having answered within the agreed time.",
        ),
        formula=Text(
            "целевые лиды, принятые продажами, с первым ответом в пределах SLA",
            "target leads accepted by sales whose first response kept the SLA",
        ),
        unit=Unit.COUNT,
        direction=Direction.UP,
        zone=Zone.JOINT,
        watchers=(Zone.MARKETING, Zone.SALES),
        clocks=BOTH,
        numerator=("accepted_in_sla_leads",),
        ripens=True,
        pitfall=Text(
            "Молчаливое принятие: стадию двигают, а клиенту никто не ответил.",
            "Silent acceptance: the stage is moved while nobody answered the client.",
        ),
    ),
    Metric(
        key="target_to_accepted_cr",
        name=Text("CR MQL → SQL", "CR MQL → SQL"),
        meaning=Text("Какую долю целевых лидов приняли продажи.", "Which share of target leads sales accepted."),
        formula=Text("принятые целевые лиды ÷ целевые лиды", "accepted target leads ÷ target leads"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("accepted_target_leads",),
        denominator=("target_leads",),
        interval="wilson",
        ripens=True,
        pitfall=Text(
            "Молодая когорта ещё не принята целиком.", "A young cohort has not been accepted in full yet."
        ),
        name_all_leads=Text("CR целевой лид → SQL", "CR target lead → SQL"),
    ),
    Metric(
        key="lead_to_accepted_cr",
        name=Text("CR лид → SQL", "CR lead → SQL"),
        meaning=Text("Какую долю всех лидов приняли продажи.", "Which share of all leads sales accepted."),
        formula=Text("принятые лиды ÷ лиды", "accepted leads ÷ leads"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("accepted_leads",),
        denominator=("leads",),
        interval="wilson",
        ripens=True,
        pitfall=Text(
            "По часам периода это снимок: принятые сегодня пришли раньше.",
            "By the period clock it is a snapshot: those accepted today came earlier.",
        ),
        name_all_leads=Text("CR MQL → SQL", "CR MQL → SQL"),
    ),
    Metric(
        key="open_leads",
        name=Text("Лиды в работе", "Open leads"),
        meaning=Text(
            "Сколько лидов ещё не проданы и не потеряны.", "How many leads are neither won nor lost yet."
        ),
        formula=Text(
            "лиды без исхода на последний известный момент", "leads without an outcome at the last known moment"
        ),
        unit=Unit.COUNT,
        direction=Direction.NEITHER,
        zone=Zone.SALES,
        clocks=BOTH,
        numerator=("open_leads",),
        pitfall=Text(
            "Забытые карточки выглядят как работа: смотрите их возраст.",
            "Forgotten cards look like work: look at their age.",
        ),
    ),
    Metric(
        key="fill_rate",
        name=Text("Заполненность", "Fill rate"),
        meaning=Text(
            "Какая доля обязательных полей заполнена у лидов, дошедших до стадии, где они нужны.",
            "Which share of required fields is filled for leads that reached the stage that needs them.",
        ),
        formula=Text(
            "заполненные обязательные поля ÷ обязательные поля на пройденных стадиях",
            "required fields filled ÷ fields required at the stages reached",
        ),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("filled_fields",),
        denominator=("required_fields",),
        pitfall=Text(
            "Прочерк, точка и «Select» — это пусто. Делят на дошедших до стадии, а не на все карточки.",
            "A dash, a dot or “Select” is empty. Divide by those who reached the stage, not by all cards.",
        ),
    ),
)
