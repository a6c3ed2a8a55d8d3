"""Which words may a question use to mean the same everywhere? And how do Spark and ClickHouse say it?

Each rule is a trap that was measured: the same text came to other figures on another engine. A question is run on
DuckDB as it is written, but for two words that :mod:`smarketing.lake.quick` says faster; for the other engines it
is translated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import sqlglot
from sqlglot import exp

from smarketing.facts.errors import WrongQuestion
from smarketing.facts.journeys import PLAIN_TABLES
from smarketing.facts.language import Text

Dialect = Literal["duckdb", "spark", "clickhouse"]
ASKABLE = frozenset({"journeys", "receipts", "spend", "customers", "customer_receipts", "duties", *PLAIN_TABLES})


@dataclass(frozen=True)
class Rule:
    """One trap: a stable code, one sentence, and how a breach is recognised in one node of the tree."""

    code: str
    text: Text
    broken_by: Callable[[exp.Expr], bool]


@dataclass(frozen=True)
class Breach:
    rule: Rule
    where: str  # the words that break it


def _named(*names: str) -> Callable[[exp.Expr], bool]:
    return lambda node: isinstance(node, exp.Anonymous) and node.name.lower() in names


def _is_other_percentile(node: exp.Expr) -> bool:
    kinds = (exp.Median, exp.Quantile, exp.ApproxQuantile, exp.PercentileDisc)
    if isinstance(node, kinds) or _named("quantile_cont", "quantile_disc", "approx_percentile")(node):
        return True
    return isinstance(node, exp.PercentileCont) and not isinstance(node.parent, exp.WithinGroup)


def _is_duration(node: exp.Expr) -> bool:
    kinds = (exp.DateDiff, exp.TimestampDiff, exp.DatetimeDiff, exp.TimeToUnix, exp.Extract)
    if isinstance(node, kinds) or _named("age", "epoch", "epoch_us", "epoch_ms", "date_sub", "date_part")(node):
        return True
    return isinstance(node, exp.Sub) and any(_is_moment(side) for side in (node.this, node.expression))


def _is_moment(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and (node.name.endswith("_at") or node.name == "at")


def _is_window(node: exp.Expr) -> bool:
    if isinstance(node, exp.Lead | exp.Lag):
        return True
    return isinstance(node, exp.Window) and isinstance(node.this, exp.FirstValue | exp.LastValue | exp.NthValue)


def _is_json(node: exp.Expr) -> bool:
    return isinstance(node, exp.JSONExtract | exp.JSONExtractScalar | exp.JSONExtractArray | exp.ParseJSON) or (
        isinstance(node, exp.Anonymous) and node.name.lower().startswith("json")
    )


def _is_clock(node: exp.Expr) -> bool:
    kinds = (exp.AtTimeZone, exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.CurrentDatetime)
    return isinstance(node, kinds) or _named("now", "today", "get_current_timestamp")(node)


def _is_list(node: exp.Expr) -> bool:
    kinds = (exp.GenerateSeries, exp.Unnest, exp.Explode, exp.ArrayAgg, exp.GroupConcat)
    return isinstance(node, kinds) or _named("range", "list", "string_agg")(node)


def _is_bare_division(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Div | exp.IntDiv):
        return False
    divisor = node.expression.unnest()
    return not isinstance(divisor, exp.Nullif | exp.Literal)


def _is_foreign_table(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Table):
        return False
    made_here = {cte.alias for select in node.root().find_all(exp.With) for cte in select.expressions}
    return not isinstance(node.this, exp.Identifier) or node.name not in ASKABLE | made_here or bool(node.db)


RULES: tuple[Rule, ...] = (
    Rule(
        "no-arg-max",
        Text(
            "ARG_MAX возвращает очищенные поля: последняя версия строки выбирается в построении journeys.",
            "ARG_MAX brings cleared fields back: the builder of journeys chooses the latest version of a row.",
        ),
        lambda node: isinstance(node, exp.ArgMax | exp.ArgMin) or _named("max_by", "min_by")(node),
    ),
    Rule(
        "exact-percentile",
        Text(
            "Перцентиль пишется только как PERCENTILE_CONT(q) WITHIN GROUP: остальные где-то приближённые.",
            "A percentile is only written PERCENTILE_CONT(q) WITHIN GROUP: the others are approximate somewhere.",
        ),
        _is_other_percentile,
    ),
    Rule(
        "no-durations",
        Text(
            "Моменты не вычитаются в вопросе: длительности лежат в journeys целыми секундами.",
            "Moments are not subtracted in a question: journeys holds durations as whole seconds.",
        ),
        _is_duration,
    ),
    Rule(
        "no-neighbours",
        Text(
            "LEAD, LAG и крайние значения окна на краю дают NULL не везде: им место в построении journeys.",
            "LEAD, LAG and values of a window's edge are not NULL everywhere: the builder of journeys uses them.",
        ),
        _is_window,
    ),
    Rule(
        "no-json",
        Text(
            "В вопросах нет JSON: пустое поле там не везде NULL. Нужные поля становятся столбцами custom_….",
            "No JSON in questions: a missing field is not NULL everywhere. Fields in use become columns custom_….",
        ),
        _is_json,
    ),
    Rule(
        "no-clock",
        Text(
            "Часы и часовые пояса не для вопросов: берите столбцы _day, _week, _month и known_until.",
            "Clocks and zones are not for questions: take the columns _day, _week, _month and known_until.",
        ),
        _is_clock,
    ),
    Rule(
        "no-lists",
        Text(
            "Ряды и списки внутри вопроса другие движки понимают иначе: соберите их в Python.",
            "Other engines understand series and lists in a question differently: make them in Python.",
        ),
        _is_list,
    ),
    Rule(
        "guarded-division",
        Text(
            "Делитель пишется как NULLIF(…, 0): нет данных — это NULL, а не ошибка и не бесконечность.",
            "A divisor is written NULLIF(…, 0): no data is NULL, neither an error nor infinity.",
        ),
        _is_bare_division,
    ),
    Rule(
        "no-raw-facts",
        Text(
            "Вопрос читает только производные таблицы (journeys, receipts, customers …) и простые таблицы фактов.",
            "A question reads only derived tables (journeys, receipts, customers …) and plain tables of facts.",
        ),
        _is_foreign_table,
    ),
)


def breaches(question: str) -> list[Breach]:
    """Every rule that a question breaks, with the words that break it."""
    tree = _parse(question)
    return [
        Breach(rule, node.sql(dialect="duckdb")) for node in tree.walk() for rule in RULES if rule.broken_by(node)
    ]


def check(question: str) -> None:
    """Raise :class:`WrongQuestion` with the sentence of the first rule that is broken."""
    for breach in breaches(question):
        raise WrongQuestion(
            breach.rule.code,
            Text(f"{breach.rule.text.ru} («{breach.where}»)", f"{breach.rule.text.en} (“{breach.where}”)"),
        )


def translate(question: str, dialect: Dialect) -> str:
    """The same question for another engine. DuckDB gets its own text back, untouched."""
    if dialect == "duckdb":
        return question
    tree = _parse(question).transform(_percentile, dialect)
    if dialect == "clickhouse":
        tree = tree.transform(_cast_that_may_fail)
    return tree.sql(dialect=dialect)


def _parse(question: str) -> exp.Expr:
    try:
        trees = sqlglot.parse(question, read="duckdb")
    except sqlglot.errors.SqlglotError as error:
        first = str(error).splitlines()[0]
        raise WrongQuestion("not-sql", Text(f"Это не SQL: {first}", f"This is no SQL: {first}")) from error
    tree = trees[0] if len(trees) == 1 else None
    if not isinstance(tree, exp.Query):
        raise WrongQuestion(
            "not-a-question", Text("Вопрос должен быть одним SELECT.", "A question must be a single SELECT.")
        )
    return tree


def _percentile(node: exp.Expr, dialect: Dialect) -> exp.Expr:
    """sqlglot makes an approximate percentile for Spark and leaves ClickHouse a text it cannot read."""
    if not (isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.PercentileCont)):
        return node
    share, ordered = node.this.this, node.expression.expressions[0]
    value = ordered.this
    if dialect == "spark":
        return exp.Anonymous(this="PERCENTILE", expressions=[value, share])
    return exp.ParameterizedAgg(this="quantileExactInclusive", expressions=[share], params=[value])


def _cast_that_may_fail(node: exp.Expr) -> exp.Expr:
    """ClickHouse has no TRY_CAST; sqlglot would make it a cast that stops the question."""
    if not isinstance(node, exp.TryCast) or not node.to.is_type("decimal"):
        return node
    scale = node.to.expressions[1].this if len(node.to.expressions) > 1 else exp.Literal.number(0)
    return exp.Anonymous(this="toDecimal64OrNull", expressions=[node.this, scale])
