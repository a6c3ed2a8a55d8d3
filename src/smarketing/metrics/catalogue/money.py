"""What did it cost, and what did it bring?"""

from __future__ import annotations

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.facts.period import Clock
from smarketing.metrics.catalogue.facts import (
    BOTH,
    COST_SPLITS,
    EVENT_FIRST,
    PLAN_SPLITS,
    of_receipts,
    of_spend,
)
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_MONTHLY = {Clock.COHORT: "", Clock.PERIOD: ""}
_CLIENT = "COALESCE(client_id, lead_id, payment_id)"

MEASURES: tuple[Measure, ...] = (
    of_spend("spend", "SUM(cost)", unit=Unit.MONEY),
    of_spend("paid_spend", "SUM(cost)", "{paid}", unit=Unit.MONEY),
    of_spend("impressions", "SUM(impressions)"),
    of_spend("clicks", "SUM(clicks)"),
    # By month of costs and plans; a part of a month takes its part of the costs (analyses/monthly.py).
    Measure("payroll_and_tools", "costs", "SUM(amount)", _MONTHLY, dimensions=COST_SPLITS, unit=Unit.MONEY),
    Measure("plan_revenue", "plans", "SUM(value)", _MONTHLY, dimensions=PLAN_SPLITS, unit=Unit.MONEY),
    of_receipts("revenue", "SUM(amount)"),
    of_receipts("cost_of_goods", "SUM(cost)"),
    of_receipts("paying_clients", f"COUNT(DISTINCT {_CLIENT})", unit=Unit.COUNT, additive=False),
    of_receipts(
        "client_months",
        f"COUNT(DISTINCT {_CLIENT} || ' ' || CAST(paid_month AS VARCHAR))",
        unit=Unit.COUNT,
        additive=False,
    ),
)

METRICS: tuple[Metric, ...] = (
    Metric(
        key="spend",
        name=Text("Расход", "Spend"),
        meaning=Text("Сколько потрачено на рекламу, без НДС.", "How much was spent on ads, net of VAT."),
        formula=Text("сумма расходов рекламных кабинетов без НДС", "sum of the ad accounts' costs net of VAT"),
        unit=Unit.MONEY,
        direction=Direction.NEITHER,
        zone=Zone.MARKETING,
        watchers=(Zone.COMPANY,),
        clocks=BOTH,
        numerator=("spend",),
        pitfall=Text(
            "Один отчёт с НДС и один без спорят сами с собой.", "One report with VAT and one without quarrel."
        ),
    ),
    Metric(
        key="impressions",
        name=Text("Показы", "Impressions"),
        meaning=Text("Сколько раз реклама показана.", "How many times ads were shown."),
        formula=Text("сумма показов рекламных кабинетов", "sum of the ad accounts' impressions"),
        unit=Unit.COUNT,
        direction=Direction.NEITHER,
        zone=Zone.MARKETING,
        clocks=BOTH,
        numerator=("impressions",),
    ),
    Metric(
        key="clicks",
        name=Text("Клики", "Clicks"),
        meaning=Text("Сколько раз по рекламе перешли.", "How many times ads were clicked."),
        formula=Text("сумма кликов рекламных кабинетов", "sum of the ad accounts' clicks"),
        unit=Unit.COUNT,
        direction=Direction.NEITHER,
        zone=Zone.MARKETING,
        clocks=BOTH,
        numerator=("clicks",),
        pitfall=Text("Клик ещё не обращение.", "A click is not an enquiry yet."),
    ),
    Metric(
        key="cpl",
        name=Text("CPL", "CPL"),
        meaning=Text("Во сколько обошёлся один лид.", "What one lead cost."),
        formula=Text("расход ÷ лиды", "spend ÷ leads"),
        unit=Unit.MONEY,
        direction=Direction.DOWN,
        zone=Zone.MARKETING,
        clocks=BOTH,
        numerator=("spend",),
        denominator=("leads",),
        pitfall=Text(
            "Дешёвый лид не значит хороший: читайте рядом с долей нецелевых и CAC.",
            "A cheap lead is not a good one: read it beside the non-target share and CAC.",
        ),
    ),
    Metric(
        key="cptl",
        name=Text("Цена целевого лида", "Cost per target lead"),
        meaning=Text("Во сколько обошёлся один целевой лид.", "What one target lead cost."),
        formula=Text("расход ÷ целевые лиды", "spend ÷ target leads"),
        unit=Unit.MONEY,
        direction=Direction.DOWN,
        zone=Zone.MARKETING,
        clocks=BOTH,
        numerator=("spend",),
        denominator=("target_leads",),
        pitfall=Text("Лиды без решения завышают цену.", "Leads that cannot be judged push it up."),
    ),
    Metric(
        key="cpql",
        name=Text("CPQL, цена SQL", "CPQL, cost per SQL"),
        meaning=Text("Во сколько обошёлся один принятый продажами лид.", "What one lead accepted by sales cost."),
        formula=Text("расход ÷ принятые лиды", "spend ÷ accepted leads"),
        unit=Unit.MONEY,
        direction=Direction.DOWN,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("spend",),
        denominator=("accepted_leads",),
        ripens=True,
        pitfall=Text("У молодой когорты цена завышена.", "A young cohort reads dear."),
    ),
    Metric(
        key="cac_paid",
        name=Text("CAC (платный)", "CAC (paid)"),
        meaning=Text(
            "Сколько рекламы ушло на одного нового клиента платных источников.",
            "How much advertising one new customer of the paid sources took.",
        ),
        formula=Text(
            "расход платных источников ÷ их новые клиенты", "spend of the paid sources ÷ their new customers"
        ),
        unit=Unit.MONEY,
        direction=Direction.DOWN,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES, Zone.COMPANY),
        clocks=BOTH,
        numerator=("paid_spend",),
        denominator=("paid_new_customers",),
        ripens=True,
        pitfall=Text(
            "Делить на всех клиентов нельзя: бесплатные украсят цену платных; расход на бесплатные источники сюда "
            "не входит. Если платные группы источников не названы, платным считается источник, у которого были "
            "расходы.",
            "Dividing by all customers lets the free ones flatter the paid; spend on free sources is not here. "
            "Where no group of sources is marked paid, a source with spend counts as paid.",
        ),
    ),
    Metric(
        key="cac_full",
        name=Text("CAC (полный)", "CAC (full)"),
        meaning=Text(
            "Сколько рекламы, зарплат и инструментов ушло на одного нового клиента.",
            "How much advertising, payroll and tools one new customer took.",
        ),
        formula=Text(
            "(расход + зарплаты и инструменты маркетинга и продаж) ÷ новые клиенты",
            "(spend + payroll and tools of marketing and sales) ÷ new customers",
        ),
        unit=Unit.MONEY,
        direction=Direction.DOWN,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES, Zone.COMPANY),
        clocks=BOTH,
        numerator=("spend", "payroll_and_tools"),
        denominator=("new_customers",),
        ripens=True,
        pitfall=Text(
            "При длинном цикле расходы месяца приводят клиентов следующих месяцев.",
            "With a long cycle a month's costs bring the customers of later months.",
        ),
    ),
    Metric(
        key="revenue",
        name=Text("Выручка", "Revenue"),
        meaning=Text(
            "Сколько денег получено, без НДС и за вычетом возвратов.",
            "How much money was received, net of VAT and refunds.",
        ),
        formula=Text("оплаты без НДС − возвраты", "payments net of VAT − refunds"),
        unit=Unit.MONEY,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.MARKETING, Zone.COMPANY),
        clocks=EVENT_FIRST,
        numerator=("revenue",),
        ripens=True,
        pitfall=Text(
            "Подписано, оплачено и отгружено — три разные суммы.", "Signed, paid and shipped are three sums."
        ),
    ),
    Metric(
        key="margin",
        name=Text("Маржа", "Margin"),
        meaning=Text(
            "Сколько осталось от выручки после себестоимости.", "What is left of revenue after cost of goods."
        ),
        formula=Text("выручка − себестоимость", "revenue − cost of goods"),
        unit=Unit.MONEY,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.COMPANY,),
        clocks=EVENT_FIRST,
        numerator=("revenue", "-cost_of_goods"),
        ripens=True,
        pitfall=Text(
            "Оплата без себестоимости выглядит чистой маржой.",
            "A payment without its cost looks like pure margin.",
        ),
    ),
    Metric(
        key="aov",
        name=Text("Средний чек", "Average order value"),
        meaning=Text("Сколько в среднем приносит одна продажа.", "How much one sale brings on average."),
        formula=Text("выручка ÷ продажи", "revenue ÷ sales"),
        unit=Unit.MONEY,
        direction=Direction.UP,
        zone=Zone.SALES,
        watchers=(Zone.COMPANY,),
        clocks=EVENT_FIRST,
        numerator=("revenue",),
        denominator=("sales",),
        pitfall=Text(
            "Среднее по разным сегментам не описывает ни один из них.",
            "A mean over different segments describes none of them.",
        ),
    ),
    Metric(
        key="arpu",
        name=Text("ARPU, в месяц", "ARPU, a month"),
        meaning=Text(
            "Сколько за месяц приносит один платящий клиент.", "How much one paying client brings in a month."
        ),
        formula=Text(
            "выручка ÷ сумма по месяцам числа платящих клиентов",
            "revenue ÷ paying clients summed over months",
        ),
        unit=Unit.MONEY,
        direction=Direction.UP,
        zone=Zone.COMPANY,
        watchers=(Zone.SALES,),
        clocks=(Clock.PERIOD,),
        numerator=("revenue",),
        denominator=("client_months",),
        pitfall=Text("Средний чек — за заказ, ARPU — за клиента.", "AOV is per order, ARPU per client."),
    ),
    Metric(
        key="margin_per_client_month",
        name=Text("Маржа клиента в месяц", "Margin per client a month"),
        meaning=Text(
            "Сколько маржи за месяц приносит один платящий клиент.",
            "How much margin one paying client brings in a month.",
        ),
        formula=Text(
            "(выручка − себестоимость) ÷ сумма по месяцам числа платящих клиентов",
            "(revenue − cost of goods) ÷ paying clients summed over months",
        ),
        unit=Unit.MONEY,
        direction=Direction.UP,
        zone=Zone.COMPANY,
        clocks=(Clock.PERIOD,),
        numerator=("revenue", "-cost_of_goods"),
        denominator=("client_months",),
        pitfall=Text(
            "Месяцы, когда клиент не платил, не считаются.", "Months in which a client did not pay do not count."
        ),
    ),
    Metric(
        key="margin_per_customer",
        name=Text("Маржа на клиента", "Margin per client"),
        meaning=Text("Сколько маржи принёс один платящий клиент.", "How much margin one paying client brought."),
        formula=Text("(выручка − себестоимость) ÷ платящие клиенты", "(revenue − cost of goods) ÷ paying clients"),
        unit=Unit.MONEY,
        direction=Direction.UP,
        zone=Zone.COMPANY,
        clocks=EVENT_FIRST,
        numerator=("revenue", "-cost_of_goods"),
        denominator=("paying_clients",),
        pitfall=Text(
            "Число клиентов по строкам не складывается: один клиент бывает в двух строках.",
            "Clients of the rows do not add up: one client may stand in two rows.",
        ),
    ),
    Metric(
        key="romi",
        name=Text("ROMI", "ROMI"),
        meaning=Text(
            "Сколько маржи сверх рекламы вернул каждый вложенный рубль.",
            "How much margin above itself every unit of ad money returned.",
        ),
        formula=Text("(выручка − себестоимость − расход) ÷ расход", "(revenue − cost of goods − spend) ÷ spend"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.COMPANY,),
        clocks=BOTH,
        numerator=("revenue", "-cost_of_goods"),
        denominator=("spend",),
        minus_one=True,
        ripens=True,
        pitfall=Text(
            "По выручке вместо маржи это ROAS − 1: у него своё имя.",
            "By revenue instead of margin it is ROAS − 1, which has a name of its own.",
        ),
    ),
    Metric(
        key="roas_minus_one",
        name=Text("ROAS − 1 (по выручке)", "ROAS − 1 (by revenue)"),
        meaning=Text(
            "Сколько выручки сверх рекламы вернул каждый вложенный рубль.",
            "How much revenue above itself every unit of ad money returned.",
        ),
        formula=Text("(выручка − расход) ÷ расход", "(revenue − spend) ÷ spend"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.COMPANY,),
        clocks=BOTH,
        numerator=("revenue",),
        denominator=("spend",),
        minus_one=True,
        ripens=True,
        pitfall=Text("Это не прибыль: себестоимости здесь нет.", "Not profit: cost of goods is no part of it."),
    ),
    Metric(
        key="roi",
        name=Text("ROI", "ROI"),
        meaning=Text(
            "Сколько вернули все затраты, кроме них самих.", "What all costs returned beyond themselves."
        ),
        formula=Text(
            "(выручка − все затраты) ÷ все затраты; все затраты = себестоимость + расход + зарплаты и инструменты",
            "(revenue − all costs) ÷ all costs; all costs = cost of goods + spend + payroll and tools",
        ),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.COMPANY,
        clocks=EVENT_FIRST,
        numerator=("revenue",),
        denominator=("cost_of_goods", "spend", "payroll_and_tools"),
        minus_one=True,
        pitfall=Text("Затраты других отделов сюда не входят.", "Costs of other departments are no part of it."),
    ),
    Metric(
        key="payback",
        name=Text("Срок окупаемости", "Payback"),
        meaning=Text(
            "За сколько месяцев клиент возвращает то, что стоило его привлечь.",
            "In how many months a client returns what it cost to win.",
        ),
        formula=Text("CAC (платный) ÷ маржа клиента в месяц", "CAC (paid) ÷ margin per client a month"),
        unit=Unit.MONTHS,
        direction=Direction.DOWN,
        zone=Zone.COMPANY,
        watchers=(Zone.MARKETING,),
        clocks=(Clock.PERIOD,),
        numerator=(),
        product_of=("cac_paid",),
        divided_by=("margin_per_client_month",),
        pitfall=Text(
            "При большом оттоке берите накопленную кривую: здесь маржа считается вечной.",
            "With high churn use the cumulative curve: here margin is taken to last.",
        ),
    ),
)
