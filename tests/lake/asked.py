"""Every question that every measurement asks, by both clocks and several splits."""

from __future__ import annotations

from datetime import UTC, datetime

from smarketing.analyses.churn import churn
from smarketing.analyses.diagnosis import diagnose
from smarketing.analyses.economics import economics
from smarketing.analyses.focus import focus
from smarketing.analyses.forecast import forecast
from smarketing.analyses.funnel.kinds import Kind
from smarketing.analyses.funnel.measure import funnel
from smarketing.analyses.lifetime import lifetime
from smarketing.analyses.losses import losses
from smarketing.analyses.measuring import measure
from smarketing.analyses.qualification import qualification
from smarketing.analyses.question import Question
from smarketing.analyses.questions import questions
from smarketing.analyses.required import lacking, required
from smarketing.analyses.response import answer_curve, response
from smarketing.analyses.retention import retention
from smarketing.analyses.verdict import verdict
from smarketing.analyses.verdict.sources import by_source
from smarketing.analyses.waiting import unanswered, waiting
from smarketing.facts.period import Clock, Month, Period
from smarketing.facts.query import Reader
from smarketing.lake.engines import RecordingReader

# Every column of the derived tables and the traps of the dialect, beside what measurements ask.
OWN = (
    "SELECT * FROM journeys ORDER BY lead_id NULLS LAST",
    "SELECT * FROM receipts ORDER BY payment_id NULLS LAST",
    "SELECT * FROM customers ORDER BY customer",
    "SELECT * FROM customer_receipts ORDER BY payment_id",
    "SELECT * FROM duties ORDER BY task_id",
    "SELECT lead_source, day, SUM(cost) AS cost, SUM(clicks) AS clicks FROM spend GROUP BY 1, 2",
    "SELECT segment, COUNT(*) AS n, SUM(revenue) FILTER (WHERE is_won) AS revenue, "
    "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY sec_new) AS median, "
    "PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY sec_new) FILTER (WHERE is_won) AS p90, "
    "1.0 * SUM(revenue) / NULLIF(COUNT(*) FILTER (WHERE furthest > 99), 0) AS nothing, "
    "MAX(won_seconds) FILTER (WHERE furthest > 99) AS empty FROM journeys GROUP BY segment",
    "SELECT COUNT(*) AS n FROM journeys WHERE region NOT IN ('far') OR campaign = 'O''Brien'",
    "SELECT judged_by, verdict, COUNT(*) AS n FROM qualifications GROUP BY judged_by, verdict",
    "SELECT month, metric, value FROM plans",
    "SELECT a.lead_source, a.leads, b.cost FROM "
    "(SELECT lead_source, COUNT(*) AS leads FROM journeys GROUP BY lead_source) a "
    "FULL JOIN (SELECT lead_source, SUM(cost) AS cost FROM spend GROUP BY lead_source) b "
    "ON a.lead_source = b.lead_source",
)

SPRING = Period(Month(2026, 2).first, Month(2026, 5).first)


def asked_by_measurements(reader: Reader) -> tuple[str, ...]:
    recording = RecordingReader(reader)
    for by in ((), ("month",), ("lead_source",), ("segment", "manager")):
        question = Question(period=SPRING, by=by)
        economics(recording, question)
        qualification(recording, question)
        response(recording, question)
        required(recording, question)
        losses(recording, question)
        lifetime(recording, question)
    lacking(recording, Question(period=SPRING), standing=True, since=datetime(2026, 3, 1, tzinfo=UTC))
    waiting(recording, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC))
    unanswered(recording, Question(period=SPRING).only("segment", "dealers", ""))
    answer_curve(recording, Question(period=SPRING))
    churn(recording, Question(period=SPRING, by=("month", "segment")).only("lead_source", "vk", ""))
    retention(recording, Question(period=SPRING))
    measure(recording, Question(SPRING, Clock.PERIOD, ("manager",)), ["tasks_done", "tasks_in_time"])
    for month in (Month(2026, 2), Month(2026, 4)):
        found = verdict(recording, month, draws=200)
        questions(recording, found)
        diagnose(recording, month, found)
        by_source(recording, found)
    focus(recording, Question(period=SPRING))
    forecast(recording, draws=200)
    forecast(recording, draws=200, where={"lead_source": ("vk", "")})
    for clock in Clock:
        for kind in Kind:
            funnel(recording, Question(period=SPRING, clock=clock), kind)
        losses(recording, Question(period=SPRING, clock=clock))
        economics(recording, Question(period=SPRING, clock=clock).only("lead_source", "vk", ""))
    return recording.asked
