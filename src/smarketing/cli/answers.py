"""``questions`` and ``diagnose``: what to ask whom, and where the work is out of order."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from smarketing.analyses.diagnosis import Diagnosis, Evidence, State, Step, diagnose
from smarketing.analyses.diagnosis.words import STATE_NAMES, conclusion
from smarketing.analyses.questions import AskedQuestion, questions, words
from smarketing.analyses.questions.memory import Asked, Remembered, gone, remember
from smarketing.analyses.verdict import Verdict, verdict
from smarketing.analyses.verdict.result import CAUSE_NAMES
from smarketing.analyses.verdict.words import headline
from smarketing.cli.home import workspace
from smarketing.cli.language import t, terminal_language
from smarketing.cli.show import AsOf, Format, Home, Out, console_for, open_reader, write
from smarketing.facts.company import Company, Zone
from smarketing.facts.errors import WrongQuestion
from smarketing.facts.language import Language, Text
from smarketing.facts.period import Month, local_day
from smarketing.facts.query import Reader
from smarketing.jobs.asked import AskedBook, question_named
from smarketing.jobs.guidance_export import as_json, diagnosis_data, questions_data
from smarketing.metrics.kinds import Unit
from smarketing.metrics.wording import ZONE_NAMES, money_scale, say_interval, say_number, say_period

MonthOption = Annotated[
    str | None,
    typer.Option("--month", help=t("Месяц, ГГГГ-ММ; иначе последний.", "Month, YYYY-MM; else the last.")),
]
FormatOption = Annotated[Format, typer.Option("--format", help=t("table или json.", "table or json."))]

_HEADS = {
    Zone.MARKETING: Text("Руководителю маркетинга", "To the head of marketing"),
    Zone.SALES: Text("Руководителю продаж", "To the head of sales"),
    Zone.JOINT: Text("Обоим руководителям", "To both heads"),
}
_ANSWER_OF_WHAT = Text(
    "К какому вопросу ответ? Назовите его: --asked КЛЮЧ.", "Which question does it answer? Name it: --asked KEY."
)
_NOBODY = Text(
    "Вопросов нет: за пределы случайности не вышла ни одна причина.",
    "Nobody is asked: no cause is beyond chance.",
)
_MARKS = {State.IN_ORDER: "[green]✓[/]", State.ATTENTION: "[red]✗[/]", State.CANNOT_JUDGE: "[yellow]?[/]"}


def questions_command(
    month: MonthOption = None,
    asked: Annotated[
        str | None,
        typer.Option(
            "--asked", metavar="KEY", help=t("Отметить вопрос заданным.", "Write down that a question was asked.")
        ),
    ] = None,
    answer: Annotated[
        str | None, typer.Option("--answer", help=t("Короткий ответ на него.", "The short answer to it."))
    ] = None,
    as_of: AsOf = None,
    format_: FormatOption = Format.TABLE,
    out: Out = None,
    home: Home = None,
) -> None:
    """What to ask each head, the most money first; only of what is beyond chance.

    A question that was asked is not asked again until its figure has moved.
    """
    _check(format_)
    if answer is not None and asked is None:
        raise WrongQuestion("answer-of-what", _ANSWER_OF_WHAT)
    language, book = terminal_language(), AskedBook(workspace(home).asked_path)
    with open_reader(home, as_of) as reader:
        found = verdict(reader, _month(month, reader))
        made = questions(reader, found)
        if asked is not None:
            _note(book, made, asked, answer)
        memory = book.asked()
        if format_ is Format.JSON:
            write(as_json(questions_data(remember(made, memory), found, language)) + "\n", out)
            return
        with console_for(out) as console:
            _print_questions(console, made, memory, found, reader.company, language)


def _note(book: AskedBook, made: tuple[AskedQuestion, ...], key: str, answer: str | None) -> None:
    """Asked once, answered as often as there is an answer: an answer alone does not pin the figure anew."""
    now, who = datetime.now(UTC), getpass.getuser()
    if answer is None or key not in book.asked():
        book.ask(question_named(made, key), who, now)
    if answer is not None:
        book.answer(key, answer, who, now)


def diagnose_command(
    month: MonthOption = None,
    as_of: AsOf = None,
    format_: FormatOption = Format.TABLE,
    out: Out = None,
    home: Home = None,
) -> None:
    """Six steps in order, each with its evidence, its state and the next action."""
    _check(format_)
    language = terminal_language()
    with open_reader(home, as_of) as reader:
        found = diagnose(reader, _month(month, reader))
        if format_ is Format.JSON:
            write(as_json(diagnosis_data(found, language)) + "\n", out)
            return
        with console_for(out) as console:
            _print_diagnosis(console, found, reader.company, language)


def _check(format_: Format) -> None:
    if format_ not in (Format.TABLE, Format.JSON):
        raise WrongQuestion(
            "answer-format",
            Text("Этот ответ показывается как table или json.", "This answer is given as table or json."),
        )


def _month(month: str | None, reader: Reader) -> Month:
    return Month.parse(month) if month else Month.of(local_day(reader.known_until, reader.company.tz))


def _print_questions(
    console: Console,
    made: Sequence[AskedQuestion],
    memory: Mapping[str, Asked],
    found: Verdict,
    company: Company,
    language: Language,
) -> None:
    console.print(headline(found, company).say(language), style="bold", highlight=False)
    if not made:
        console.print(_NOBODY.say(language), highlight=False)
    for place, one in enumerate(remember(made, memory), start=1):
        _print_question(console, place, one, company, language)
    for before in gone(made, memory, found.month):
        console.print(f"\n· {words.gone_by(before, company).say(language)}", style="dim", highlight=False)
        _indented(console, before.text.say(language), "dim")
        _print_answer(console, before, company, language)


def _print_question(console: Console, place: int, one: Remembered, company: Company, language: Language) -> None:
    asked = one.question
    head, cause = _HEADS[asked.zone].say(language), CAUSE_NAMES[asked.cause].say(language)
    console.print(f"\n{place}. {head} · {cause} · {_money(asked, company, language)}", highlight=False)
    said = words.standing(one, company)
    if said is not None and one.asked is not None:
        _indented(console, said.say(language))
        _print_answer(console, one.asked, company, language)
    _indented(console, asked.text.say(language), "dim" if one.is_settled else "bold")
    _indented(console, asked.fact.say(language), "dim")
    _indented(console, f'--asked "{asked.key}"', "dim")


def _print_answer(console: Console, asked: Asked, company: Company, language: Language) -> None:
    said = words.answered(asked, company)
    if said is not None:
        _indented(console, said.say(language))


def _money(one: AskedQuestion, company: Company, language: Language) -> str:
    scale = money_scale([one.effect])
    said = say_number(one.effect, Unit.MONEY, language, company.currency, scale, signed=True)
    if one.interval is None:
        return said
    return f"{said} ({say_interval(one.interval, Unit.MONEY, language, company.currency, scale, signed=True)})"


def _print_diagnosis(console: Console, found: Diagnosis, company: Company, language: Language) -> None:
    period = say_period(found.period).say(language)
    console.print(f"{company.name} · {period}", style="bold", highlight=False)
    console.print(conclusion(found).say(language), style="bold", highlight=False)
    for place, step in enumerate(found.steps, start=1):
        _print_step(console, place, step, language)


def _print_step(console: Console, place: int, step: Step, language: Language) -> None:
    state = STATE_NAMES[step.state].say(language)
    title = step.title.say(language)
    console.print(f"\n{_MARKS[step.state]} [bold]{place}. {title}[/] — {state}", highlight=False)
    _indented(console, step.follows.say(language), "dim")
    for one in step.evidence:
        _indented(console, one.text.say(language), mark=_mark(one))
    zone = f" · {ZONE_NAMES[step.zone].say(language)}" if step.zone else ""
    _indented(console, step.action.say(language) + zone, "bold", mark="→")


def _mark(one: Evidence) -> str:
    return _MARKS[one.state] if one.state else "·"


def _indented(console: Console, text: str, style: str = "", mark: str = "") -> None:
    said = escape(text)  # a name in brackets is no style
    console.print(
        Padding(f"{mark} {said}" if mark else said, (0, 0, 0, 3), expand=False), style=style, highlight=False
    )
