"""How many leads are the right ones, by written criteria, and does the seller agree?"""

from __future__ import annotations

from smarketing.facts.company import Zone
from smarketing.facts.language import Text
from smarketing.metrics.catalogue.facts import BOTH, of_leads
from smarketing.metrics.kinds import Direction, Measure, Metric, Unit

_BOTH_SAID = "seller_verdict IS NOT NULL AND target_verdict IN ('target', 'non_target')"

MEASURES: tuple[Measure, ...] = (
    of_leads("judged_leads", "target_verdict IN ('target', 'non_target')"),
    of_leads("doubly_judged_leads", f"{_BOTH_SAID} AND seller_verdict IN ('target', 'non_target')"),
    of_leads("agreed_leads", f"{_BOTH_SAID} AND seller_verdict = target_verdict"),
    of_leads(
        "disputed_leads",
        f"{_BOTH_SAID} AND seller_verdict IN ('target', 'non_target') AND seller_verdict <> target_verdict",
    ),
)

METRICS: tuple[Metric, ...] = (
    Metric(
        key="non_target_leads",
        name=Text("Нецелевые лиды", "Non-target leads"),
        meaning=Text(
            "Сколько лидов отклонено по названному критерию.", "How many leads a named criterion turned down."
        ),
        formula=Text("лиды с решением «нецелевой»", "leads judged non-target"),
        unit=Unit.COUNT,
        direction=Direction.DOWN,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("non_target_leads",),
        pitfall=Text("Мнение продавца сюда не входит.", "The seller's opinion is no part of it."),
    ),
    Metric(
        key="unknown_leads",
        name=Text("Лиды без решения", "Leads that cannot be judged"),
        meaning=Text(
            "У скольких лидов не хватает полей, чтобы применить критерии.",
            "How many leads lack the fields that the criteria need.",
        ),
        formula=Text("лиды с решением «неизвестно»", "leads judged unknown"),
        unit=Unit.COUNT,
        direction=Direction.DOWN,
        zone=Zone.JOINT,
        watchers=(Zone.MARKETING, Zone.SALES),
        clocks=BOTH,
        numerator=("unknown_leads",),
        pitfall=Text(
            "Неизвестное не значит нецелевое: пустое поле не решает за лида.",
            "Unknown is not non-target: an empty field does not judge a lead.",
        ),
    ),
    Metric(
        key="non_target_share",
        name=Text("Доля нецелевых", "Non-target share"),
        meaning=Text(
            "Какая доля лидов с решением оказалась нецелевой.", "Which share of judged leads is non-target."
        ),
        formula=Text("нецелевые ÷ (целевые + нецелевые)", "non-target ÷ (target + non-target)"),
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("non_target_leads",),
        denominator=("judged_leads",),
        interval="wilson",
        pitfall=Text(
            "Читайте рядом с долей неизвестных: она может скрывать качество.",
            "Read it beside the unknown share, which may hide quality.",
        ),
    ),
    Metric(
        key="unknown_share",
        name=Text("Доля неизвестных", "Unknown share"),
        meaning=Text(
            "По какой доле лидов критерии не могут ничего сказать.",
            "Of which share of leads the criteria can say nothing.",
        ),
        formula=Text("лиды без решения ÷ лиды", "leads that cannot be judged ÷ leads"),
        unit=Unit.SHARE,
        direction=Direction.DOWN,
        zone=Zone.JOINT,
        watchers=(Zone.MARKETING, Zone.SALES),
        clocks=BOTH,
        numerator=("unknown_leads",),
        denominator=("leads",),
        interval="wilson",
        pitfall=Text(
            "Выше 20 % доля нецелевых мало о чём говорит.", "Above 20% the non-target share says little."
        ),
    ),
    Metric(
        key="target_share",
        name=Text("Доля целевых", "Target share"),
        meaning=Text("Какая доля всех лидов целевая.", "Which share of all leads is target."),
        formula=Text("целевые лиды ÷ лиды", "target leads ÷ leads"),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.MARKETING,
        watchers=(Zone.SALES,),
        clocks=BOTH,
        numerator=("target_leads",),
        denominator=("leads",),
        interval="wilson",
        pitfall=Text(
            "Не дополняет долю нецелевых до 100 %: между ними неизвестные.",
            "It does not add up to 100% with the non-target share: the unknown lie between.",
        ),
    ),
    Metric(
        key="seller_agreement",
        name=Text("Согласие продавца с критериями", "Seller's agreement with the criteria"),
        meaning=Text(
            "Как часто оценка продавца совпадает с решением по критериям.",
            "How often the seller's opinion equals the verdict by the criteria.",
        ),
        formula=Text(
            "совпавшие оценки ÷ лиды, о которых высказались и критерии, и продавец",
            "equal verdicts ÷ leads of which both the criteria and the seller said something",
        ),
        unit=Unit.SHARE,
        direction=Direction.UP,
        zone=Zone.JOINT,
        watchers=(Zone.MARKETING, Zone.SALES),
        clocks=BOTH,
        numerator=("agreed_leads",),
        denominator=("doubly_judged_leads",),
        interval="wilson",
        pitfall=Text(
            "Полное согласие бывает и там, где продавец ставит оценку, глядя в решение.",
            "Full agreement also comes about where the seller copies the verdict.",
        ),
    ),
    Metric(
        key="disputed_leads",
        name=Text("Спорные лиды", "Disputed leads"),
        meaning=Text(
            "О скольких лидах продавец и критерии говорят разное: их разбирает арбитр.",
            "Of how many leads the seller and the criteria differ: the arbiter looks at them.",
        ),
        formula=Text(
            "лиды, у которых оценка продавца не равна решению по критериям",
            "leads whose seller's opinion differs from the verdict by the criteria",
        ),
        unit=Unit.COUNT,
        direction=Direction.DOWN,
        zone=Zone.JOINT,
        watchers=(Zone.MARKETING, Zone.SALES),
        clocks=BOTH,
        numerator=("disputed_leads",),
    ),
)
