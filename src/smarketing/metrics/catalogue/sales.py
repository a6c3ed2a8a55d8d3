"""What did sales make of the leads?"""

from __future__ import annotations

from smarketing.facts.company import Milestone, Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue.facts import BOTH, EVENT_FIRST, of_leads, of_open_leads
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

MEASURES: tuple[Measure, ...] = (
    of_leads("deals", "is_deal", event="deal", needs=Milestone.DEAL),
    of_leads("sales", "is_won", event="won", needs=Milestone.WON),
    of_leads("accepted_sales", "is_won AND is_accepted", event="won", needs=Milestone.WON),
    of_leads("target_sales", "is_won AND target_verdict = 'target'", event="won", needs=Milestone.WON),
    of_leads("repeat_sales", "is_won AND is_repeat", event="won", needs=Milestone.WON),
    of_leads("new_customers", "is_won AND NOT is_repeat", event="won", needs=Milestone.WON),
    of_leads("paid_new_customers", "is_won AND NOT is_repeat AND {paid}", event="won", needs=Milestone.WON),
    of_leads("lost_deals", "is_lost AND {deal}", event="lost"),
    of_leads("lost_leads", "is_lost", event="lost"),
    of_leads("timed_sales", "is_won AND won_seconds IS NOT NULL", event="won", needs=Milestone.WON),
    of_leads(
        "cycle_days_sum",
        "is_won AND won_seconds IS NOT NULL",
        event="won",
        expression="SUM(1.0 * won_seconds / 86400)",
        unit=Unit.DAYS,
        needs=Milestone.WON,
    ),
    of_open_leads("open_deals", "{deal}"),
    of_open_leads("open_pipeline", "{deal}", expression="SUM(amount)", unit=Unit.MONEY),
)

METRICS: tuple[Metric, ...] = (
    Metric(
        key="deals",
        name=Text("Сделки", "Deals"),
        meaning=Text("Сколько лидов стало сделками.", "How many leads became deals."),
        formula=Text(
            "лиды, дошедшие до стадии с вехой «сделка»", "leads that reached the stage with the milestone deal"
        ),
        unit=Unit.COUNT,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("deals",),
        ripens=True,
        pitfall=Text("Сделка ещё не продажа.", "A deal is not a sale yet."),
    ),
    Metric(
        key="sales",
        name=Text("Продажи", "Sales"),
        meaning=Text("Сколько лидов купило.", "How many leads bought."),
        formula=Text(
            "лиды, дошедшие до стадии с вехой «продажа»", "leads that reached the stage with the milestone won"
        ),
        unit=Unit.COUNT,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("sales",),
        ripens=True,
        pitfall=Text(
            "По когорте у молодых месяцев продаж всегда мало: они ещё не дозрели.",
            "By cohort young months always show few sales: they have not ripened.",
        ),
    ),
    Metric(
        key="new_customers",
        name=Text("Новые клиенты", "New customers"),
        meaning=Text(
            "Сколько продаж пришлось на тех, кто прежде не покупал.", "How many sales went to first-time buyers."
        ),
        formula=Text("продажи, кроме повторных", "sales except repeat ones"),
        unit=Unit.COUNT,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("new_customers",),
        ripens=True,
        pitfall=Text(
            "Клиент без номера каждый раз выглядит новым.", "A client without an id looks new every time."
        ),
    ),
    Metric(
        key="repeat_share",
        name=Text("Доля повторных продаж", "Share of repeat sales"),
        meaning=Text("Какая доля продаж — прежним клиентам.", "Which share of sales went to earlier clients."),
        formula=Text("повторные продажи ÷ продажи", "repeat sales ÷ sales"),
        unit=Unit.SHARE,
        direction=Direction.NEITHER,
        zone=Zone.SALES,
        watchers=(Zone.COMPANY,),
        clocks=BOTH,
        numerator=("repeat_sales",),
        denominator=("sales",),
        interval="wilson",
        pitfall=Text(
            "Повторные продажи почти ничего не стоят маркетингу и украшают CAC, если их не отделить.",
            "Repeat sales cost marketing next to nothing and flatter CAC unless set apart.",
        ),
    ),
    Metric(
        key="lead_to_deal_cr",
        name=Text("LCR, лид → сделка", "LCR, lead → deal"),
        meaning=Text("Какая доля лидов стала сделками.", "Which share of leads became deals."),
        formula=Text("сделки ÷ лиды", "deals ÷ leads"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("deals",),
        denominator=("leads",),
        interval="wilson",
        ripens=True,
        pitfall=Text(
            "Не путайте с долей продаж: это CR.", "Not to be confused with the share of sales: that is CR."
        ),
    ),
    Metric(
        key="lead_to_sale_cr",
        name=Text("CR, лид → продажа", "CR, lead → sale"),
        meaning=Text("Какая доля лидов купила.", "Which share of leads bought."),
        formula=Text("продажи ÷ лиды", "sales ÷ leads"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("sales",),
        denominator=("leads",),
        interval="wilson",
        ripens=True,
        pitfall=Text(
            "По часам периода растущий поток лидов занижает её, падающий завышает.",
            "By the period clock a growing flow of leads pulls it down, a falling one up.",
        ),
    ),
    Metric(
        key="accepted_to_sale_cr",
        name=Text("CR SQL → продажа", "CR SQL → sale"),
        meaning=Text("Какая доля принятых лидов купила.", "Which share of accepted leads bought."),
        formula=Text("продажи принятых лидов ÷ принятые лиды", "sales to accepted leads ÷ accepted leads"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("accepted_sales",),
        denominator=("accepted_leads",),
        interval="wilson",
        ripens=True,
        pitfall=Text(
            "Открытые сделки ещё могут купить: у молодой когорты доля занижена.",
            "Open deals may still buy: a young cohort reads low.",
        ),
    ),
    Metric(
        key="target_to_sale_cr",
        name=Text("CR MQL → продажа", "CR MQL → sale"),
        meaning=Text("Какая доля целевых лидов купила.", "Which share of target leads bought."),
        formula=Text("продажи целевых лидов ÷ целевые лиды", "sales to target leads ÷ target leads"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING,),
        clocks=BOTH,
        numerator=("target_sales",),
        denominator=("target_leads",),
        interval="wilson",
        ripens=True,
        pitfall=Text(
            "Продажи нецелевым лидам сюда не входят: если их много, пора править критерии.",
            "Sales to non-target leads are no part of it: if there are many, the criteria need mending.",
        ),
        name_all_leads=Text("CR целевой лид → продажа", "CR target lead → sale"),
    ),
    Metric(
        key="win_rate",
        name=Text("Доля выигранных сделок", "Win rate"),
        meaning=Text("Какая доля закрытых сделок выиграна.", "Which share of closed deals was won."),
        formula=Text("продажи ÷ (продажи + потерянные сделки)", "sales ÷ (sales + lost deals)"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.SALES,
        clocks=EVENT_FIRST,
        numerator=("sales",),
        denominator=("sales", "lost_deals"),
        interval="wilson",
        pitfall=Text(
            "Открытые сделки не видны, а проигрывают быстрее, чем выигрывают: сначала доля занижена.",
            "Open deals are not seen and losing is faster than winning: early on it reads low.",
        ),
    ),
    Metric(
        key="cycle_days",
        name=Text("Цикл сделки, среднее", "Sales cycle, mean"),
        meaning=Text("Сколько дней в среднем от лида до продажи.", "How many days from lead to sale on average."),
        formula=Text(
            "сумма дней от создания до продажи ÷ продажи с известной датой",
            "sum of days from creation to sale ÷ sales with a known date",
        ),
        unit=Unit.DAYS,
        direction=Direction.DOWN,
        zone=Zone.SALES,
        clocks=EVENT_FIRST,
        numerator=("cycle_days_sum",),
        denominator=("timed_sales",),
        pitfall=Text(
            "Среднее только по купившим, долгие сделки тянут его вверх: о сроке стадии говорит медиана воронки.",
            "A mean over buyers only, pulled up by long deals: for time in a stage look at the funnel's median.",
        ),
    ),
    Metric(
        key="open_deals",
        name=Text("Открытые сделки", "Open deals"),
        meaning=Text("Сколько сделок сейчас в работе.", "How many deals are open now."),
        formula=Text(
            "сделки без исхода на последний известный момент", "deals without an outcome at the last known moment"
        ),
        unit=Unit.COUNT,
        direction=Direction.NEITHER,
        zone=Zone.SALES,
        clocks=EVENT_FIRST,
        numerator=("open_deals",),
        pitfall=Text("Застоявшиеся сделки раздувают воронку.", "Stale deals swell the pipeline."),
    ),
    Metric(
        key="open_pipeline",
        name=Text("Сумма открытых сделок", "Open pipeline"),
        meaning=Text("На какую сумму сделок сейчас в работе.", "What the open deals are worth."),
        formula=Text("сумма полей «сумма» открытых сделок", "sum of the amounts of open deals"),
        unit=Unit.MONEY,
        direction=Direction.UP,
        zone=Zone.SALES,
        clocks=EVENT_FIRST,
        numerator=("open_pipeline",),
        pitfall=Text("Сумма не взвешена вероятностью.", "Not weighted by chance."),
    ),
    Metric(
        key="velocity",
        name=Text("Скорость продаж", "Sales velocity"),
        meaning=Text(
            "Сколько выручки в день дают нынешние сделки при нынешних чеке, доле выигранных и цикле.",
            "How much revenue a day the present deals yield at the present order value, win rate and cycle.",
        ),
        formula=Text(
            "открытые сделки × средний чек × доля выигранных ÷ цикл в днях",
            "open deals × order value × win rate ÷ cycle in days",
        ),
        unit=Unit.MONEY_PER_DAY,
        direction=Direction.UP,
        zone=Zone.SALES,
        clocks=(Clock.PERIOD,),
        numerator=(),
        product_of=("open_deals", "aov", "win_rate"),
        divided_by=("cycle_days",),
        pitfall=Text(
            "Цикл берётся только по выигранным: с долгими открытыми сделками скорость завышена.",
            "The cycle is of won deals only: with long open ones the velocity reads high.",
        ),
    ),
    Metric(
        key="coverage",
        name=Text("Покрытие плана", "Plan coverage"),
        meaning=Text(
            "Во сколько раз открытые сделки больше того, чего не хватает до плана.",
            "How many times the open deals exceed what is missing to the plan.",
        ),
        formula=Text(
            "сумма открытых сделок ÷ (план выручки − выручка)", "open pipeline ÷ (planned revenue − revenue)"
        ),
        unit=Unit.RATIO,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.COMPANY,),
        clocks=(Clock.PERIOD,),
        numerator=("open_pipeline",),
        denominator=("plan_revenue", "-revenue"),
        pitfall=Text(
            "Застоявшиеся сделки и сделки, которые не закроются в срок, тоже в числителе.",
            "Stale deals, and deals that will not close in time, are in the numerator too.",
        ),
    ),
)
