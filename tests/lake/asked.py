"""Every question that every measurement asks, by both clocks and several splits."""

from __future__ import annotations

from smarketing.analyses.diagnosis import diagnose
from smarketing.analyses.economics import economics
from smarketing.analyses.focus import focus
from smarketing.analyses.forecast import forecast
from smarketing.analyses.funnel.kinds import Kind
from smarketing.analyses.funnel.measure import funnel
from smarketing.analyses.losses import losses
from smarketing.analyses.qualification import qualification
from smarketing.analyses.question import Question
from smarketing.analyses.questions import questions
from smarketing.analyses.response import response
from smarketing.analyses.verdict import verdict
from smarketing.analyses.verdict.sources import by_source
from smarketing.facts.period import Clock, Month, Period
from smarketing.facts.query import Reader
from smarketing.lake.engines import RecordingReader

SPRING = Period(Month(2026, 2).first, Month(2026, 5).first)


def asked_by_measurements(reader: Reader) -> tuple[str, ...]:
    recording = RecordingReader(reader)
    for by in ((), ("month",), ("lead_source",), ("segment", "manager")):
        question = Question(period=SPRING, by=by)
        economics(recording, question)
        qualification(recording, question)
        response(recording, question)
        losses(recording, question)
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
