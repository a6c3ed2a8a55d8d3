"""How does each lead go: answered when, through which stages, won, lost or still open?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smarketing.jobs.demo.clock import WORKING_DAY, Seconds, WorkingClock
from smarketing.jobs.demo.draw import Drawn, Marks, Random, Words, kept
from smarketing.jobs.demo.market import SEGMENTS, UNHANDLED_FACTOR

STAGES = ("new", "qualified", "accepted", "proposal", "approval", "won")
NEVER = np.iinfo(np.int64).max // 4  # a moment after every «today»
_NON_TARGET_QUALIFIED, _NON_TARGET_ACCEPTED = 0.07, 0.10
_NEVER_ANSWERED = 0.12  # of the late answers
_CLOSED = 0.93  # of the leads that were not won, the rest stays open


@dataclass(frozen=True)
class Walk:
    """Moments on the wall clock; ``NEVER`` where something does not happen."""

    response: Seconds
    entered: Seconds  # (n, 6): first entry into each stage
    lost: Seconds
    stopped: NDArray[np.int64]  # place of the stage where the lead stopped, 5 is won
    reason: Words
    skipped: Marks  # the card jumped over the stage «accepted» or «qualified»


def walk(random: Random, leads: Drawn, dead: Marks, clock: WorkingClock) -> Walk:
    """The path of every lead. ``dead``: tests and duplicates, closed at once without a reason."""
    size = len(leads)
    start = clock.of(leads.created)
    response = start + _response(random, leads.is_handled)
    response[~leads.is_handled & (random.random(size) < _NEVER_ANSWERED)] = NEVER
    response[dead] = NEVER
    stopped = np.where(dead, 0, _stopped(leads))
    entered = _entered(random, leads, start, np.where(response < NEVER, response, start), stopped)
    lost = _lost(random, entered, stopped)
    return Walk(
        response=_moments(clock, response),
        entered=np.column_stack([leads.created, _moments(clock, entered[:, 1:])]),
        lost=_moments(clock, lost),
        stopped=stopped,
        reason=kept(_reasons(random, leads, stopped), ~dead),
        skipped=random.random(size) < 0.05,
    )


def _moments(clock: WorkingClock, working: Seconds) -> Seconds:
    found = np.full(working.shape, NEVER, dtype=np.int64)
    happens = working < NEVER
    found[happens] = clock.moment(working[happens])
    return found


def _response(random: Random, handled: Marks) -> Seconds:
    """Working seconds to the first answer: within the hour, or late with a median of a third of a day."""
    size = len(handled)
    quick = np.minimum(3590, 60 + 900 * np.exp(0.7 * random.standard_normal(size)))
    late = 3700 + 9000 * np.exp(0.8 * random.standard_normal(size))
    return np.where(handled, quick, late).astype(np.int64)


def _stopped(leads: Drawn) -> NDArray[np.int64]:
    """The furthest stage by the chances of the segment: the first step not made ends the path."""
    target = leads.is_target
    steps = np.zeros((len(leads), 4))
    for model in SEGMENTS:
        steps[leads.true_segment == model.key] = model.steps
    steps[:, 0] *= np.where(leads.is_handled, 1.0, UNHANDLED_FACTOR) * np.where(target, 1.0, _NON_TARGET_ACCEPTED)
    made = np.cumprod(leads.chance < steps, axis=1).sum(axis=1)
    # A non-target lead rarely leaves the first stage; the same draw decides, so that no other chance moves.
    qualified = target | (made > 0) | (leads.chance[:, 3] < _NON_TARGET_QUALIFIED)
    return np.where(qualified, 1 + made, 0)


def _entered(
    random: Random, leads: Drawn, start: Seconds, response: Seconds, stopped: NDArray[np.int64]
) -> Seconds:
    """Working seconds of the entry into each stage."""
    size = len(leads)
    days = np.zeros((size, 4))
    for model in SEGMENTS:
        days[leads.true_segment == model.key] = model.days
    took = (days * WORKING_DAY * np.exp(0.65 * random.standard_normal((size, 4)))).astype(np.int64) + 60
    entered = np.full((size, 6), NEVER, dtype=np.int64)
    entered[:, 0] = start
    entered[:, 1] = start + (5400 * np.exp(0.8 * random.standard_normal(size))).astype(np.int64)
    entered[:, 2] = np.maximum(entered[:, 1], response) + took[:, 0]
    for place in (3, 4, 5):
        entered[:, place] = entered[:, place - 1] + took[:, place - 2]
    entered[np.arange(6)[None, :] > stopped[:, None]] = NEVER
    return entered


def _lost(random: Random, entered: Seconds, stopped: NDArray[np.int64]) -> Seconds:
    size = len(stopped)
    stood = np.array([0.8, 2.5, 3.0, 5.0, 6.0, 0.0])[stopped] * WORKING_DAY
    last = entered[np.arange(size), stopped]
    lost = last + 600 + (stood * np.exp(0.7 * random.standard_normal(size))).astype(np.int64)
    stays = (stopped == 5) | (random.random(size) >= _CLOSED)
    return np.where(stays, NEVER, lost)


# Reasons of a target lead by the stage it stopped in: shares of not_ours … competitor, the rest has none.
_REASONS = ("not_ours", "unreachable", "no_budget", "no_answer", "lead_time", "competitor", None)
_BY_STAGE = np.array(
    [
        [0.30, 0.30, 0.15, 0.00, 0.08, 0.05, 0.12],
        [0.14, 0.26, 0.22, 0.06, 0.14, 0.12, 0.06],
        [0.05, 0.04, 0.32, 0.08, 0.24, 0.22, 0.05],
        [0.00, 0.04, 0.34, 0.06, 0.24, 0.27, 0.05],
        [0.00, 0.02, 0.24, 0.05, 0.28, 0.37, 0.04],
        [0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 1.00],
    ]
)


def _reasons(random: Random, leads: Drawn, stopped: NDArray[np.int64]) -> Words:
    draws = random.random(len(leads))
    place = (draws[:, None] > np.cumsum(_BY_STAGE, axis=1)[stopped][:, :-1]).sum(axis=1)
    reasons: Words = np.array(_REASONS, dtype=object)[place]
    told = random.random(len(leads)) < 0.9
    late = (stopped <= 1) & ~leads.is_handled & (random.random(len(leads)) < 0.6)
    reasons[late & told] = "no_answer"
    for mark, reason in (
        (leads.is_small, "not_ours"),
        (leads.no_budget, "no_budget"),
        (leads.wrong_number, "unreachable"),
    ):
        reasons[mark & told & (stopped == 0)] = reason
    return reasons
