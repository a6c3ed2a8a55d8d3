"""What is due to be written into a connected system, by the facts and the cards as they were last read?

Two rules. A card that moved into a stage without its required fields: a comment, a notice and a task for who
answers for it, and where wanted the card back to the stage it came from. A lead that nobody answered within the
norm: a call prompt as a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from smarketing.analyses.labels import say_key
from smarketing.analyses.question import Question
from smarketing.analyses.required import Lacking, lacking
from smarketing.analyses.waiting import Waiting, waiting
from smarketing.connectors.outside.actions import Action, ActionKind, Card
from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text
from smarketing.facts.query import Reader
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import say_number

# In this order: first it is said what is missing, then the card goes back.
OF_FIELDS = (ActionKind.COMMENT, ActionKind.NOTICE, ActionKind.TASK, ActionKind.MOVE_BACK)
_LOOKED_AT = 1000  # cards of one stage, leads without an answer; the newest moves first
_AHEAD = 30  # days in which a working day is looked for

_COMMENT = Text(
    "Карточка перешла на стадию «{stage}», а обязательные поля пусты: {fields}. Заполните их, пожалуйста.",
    "The card moved to “{stage}” while required fields are empty: {fields}. Please fill them in.",
)
_NOTICE = Text(
    "Карточка {card} перешла на стадию «{stage}» без обязательных полей: {fields}.",
    "The card {card} moved to “{stage}” without its required fields: {fields}.",
)
_TASK = Text(
    "Заполнить обязательные поля: {fields} (стадия «{stage}»)",
    "Fill in required fields: {fields} (stage “{stage}”)",
)
_BACK = Text(
    "Карточка возвращается на прежнюю стадию: на стадии «{stage}» обязательны поля: {fields}.",
    "The card goes back to the stage before: “{stage}” requires: {fields}.",
)
_CALL = Text(
    "Лид ждёт первого ответа {waited} рабочего времени, норма — {norm} мин. Позвоните клиенту.",
    "The lead has waited {waited} of working time for a first answer, the norm is {norm} min. Please call.",
)

Cards = Callable[[Collection[str]], Mapping[str, Card]]
Ours = Callable[[str, str | None, datetime], bool]


@dataclass(frozen=True)
class Looked:
    """Where to look. ``since``: kinds that are wanted, each from which moment on. ``ours``: our own move?"""

    reader: Reader
    cards: Cards
    since: Mapping[ActionKind, datetime]
    now: datetime
    ours: Ours
    language: Language

    @property
    def company(self) -> Company:
        return self.reader.company

    def is_due(self, kind: ActionKind, moment: datetime) -> bool:
        return kind in self.since and moment >= self.since[kind]


def due(looked: Looked) -> Iterator[Action]:
    """Everything that the rules ask for, whether it was done already or not."""
    yield from _of_fields(looked)
    yield from _of_waiting(looked)


def _of_fields(looked: Looked) -> Iterator[Action]:
    wanted = [looked.since[kind] for kind in OF_FIELDS if kind in looked.since]
    if not wanted:
        return
    found = lacking(looked.reader, Question(), standing=True, since=min(wanted), limit=_LOOKED_AT)
    cards = looked.cards([one.lead_id for one in found])
    for one in found:
        card = cards.get(one.lead_id)
        if card is None or card.moved_at is None or looked.ours(card.key, card.stage, card.moved_at):
            continue
        for kind in OF_FIELDS:
            if looked.is_due(kind, card.moved_at) and _fits(kind, one, card):
                yield _action(kind, one, card, looked)


def _fits(kind: ActionKind, lacks: Lacking, card: Card) -> bool:
    """A notice and a task need somebody, a move back a stage before; what is won or lost stays where it is."""
    if kind in (ActionKind.NOTICE, ActionKind.TASK):
        return card.person is not None
    if kind is ActionKind.MOVE_BACK:
        return card.stage is not None and card.came_from is not None and lacks.outcome == "open"
    return True


def _action(kind: ActionKind, lacks: Lacking, card: Card, looked: Looked) -> Action:
    company, language = looked.company, looked.language
    words = {
        "stage": say_key(company, "stage", lacks.stage).say(language),
        "fields": ", ".join(say_key(company, "field", field).say(language) for field in lacks.fields),
        "card": lacks.url or card.key,
    }
    text = {ActionKind.NOTICE: _NOTICE, ActionKind.TASK: _TASK, ActionKind.MOVE_BACK: _BACK}.get(kind, _COMMENT)
    back = kind is ActionKind.MOVE_BACK
    moved = card.moved_at.isoformat() if card.moved_at else ""
    return Action(
        kind,
        card.key,
        text.fill(**words).say(language),
        person=card.person if kind in (ActionKind.NOTICE, ActionKind.TASK) else None,
        stage=card.came_from if back else None,
        still_in=card.stage if back else None,
        due_at=_next_close(company, looked.now) if kind is ActionKind.TASK else None,
        occasion=f"fields {lacks.stage} {moved}",
        url=lacks.url,
    )


def _of_waiting(looked: Looked) -> Iterator[Action]:
    since = looked.since.get(ActionKind.CALL_PROMPT)
    if since is None:
        return
    found = waiting(looked.reader, since, looked.now, _LOOKED_AT)
    cards = looked.cards([one.lead_id for one in found])
    for one in found:
        card = cards.get(one.lead_id)
        if card is not None:
            text = _prompt(one, looked.company, looked.language)
            yield Action(ActionKind.CALL_PROMPT, card.key, text, occasion=f"unanswered {one.lead_id}", url=one.url)


def _prompt(lead: Waiting, company: Company, language: Language) -> str:
    waited = say_number(lead.seconds, Unit.SECONDS, language)
    return _CALL.fill(waited=waited, norm=company.response_sla_minutes).say(language)


def _next_close(company: Company, now: datetime) -> datetime:
    """When the next working day ends."""
    today = now.astimezone(company.tz).date()
    for days in range(1, _AHEAD):
        day = today + timedelta(days=days)
        opens, closes = company.calendar.hours_of(day)
        if closes > opens:
            return datetime.combine(day, time(), company.tz) + timedelta(seconds=closes)
    return now + timedelta(days=1)
