"""The same three questions over raw facts in pandas and in polars, written as a careful user would.

The facts are read into memory before the clock starts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from smarketing.jobs.bench.facts import STAGES, files

Rows = list[tuple[Any, ...]]
_TABLES = {
    "leads": ["lead_id", "created_at", "lead_source", "segment", "amount"],
    "stage_moves": ["lead_id", "stage", "entered_at", "loss_reason"],
    "payments": ["lead_id", "amount", "vat"],
    "ad_spend": ["day", "lead_source", "cost", "vat"],
}


def pandas_questions(folder: Path) -> dict[str, Callable[[], Rows]]:
    """Facts in memory and a call per question."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    facts: dict[str, Any] = {}
    for name, columns in _TABLES.items():
        table = pa.concat_tables([pq.read_table(file, columns=columns) for file in files(folder, name)])
        for column in ("amount", "vat", "cost"):
            if column in columns:
                place = table.column_names.index(column)
                table = table.set_column(place, column, table[column].cast(pa.float64()))
        facts[name] = table.to_pandas()
        for column in ("stage", "segment", "lead_source", "loss_reason"):
            if column in columns:
                facts[name][column] = facts[name][column].astype("category")
    facts["ad_spend"]["day"] = pd.to_datetime(facts["ad_spend"]["day"])
    return {
        "economics": lambda: _pandas_economics(facts),
        "funnel": lambda: _pandas_funnel(facts),
        "losses": lambda: _pandas_losses(facts),
    }


def _pandas_economics(facts: dict[str, Any]) -> Rows:
    leads, moves, payments, spend = (facts[name] for name in ("leads", "stage_moves", "payments", "ad_spend"))
    won = moves.loc[moves.stage == "won", "lead_id"].unique()
    revenue = (payments.amount - payments.vat).groupby(payments.lead_id).sum()
    frame = leads.assign(
        month=leads.created_at.dt.year * 100 + leads.created_at.dt.month,
        won=leads.lead_id.isin(won),
        revenue=leads.lead_id.map(revenue).fillna(0.0),
    )
    by = frame.groupby(["lead_source", "month"], observed=True)
    table = by.agg(leads=("lead_id", "size"), won=("won", "sum"), revenue=("revenue", "sum"))
    net = (spend.cost - spend.vat).groupby(
        [spend.lead_source, spend.day.dt.year * 100 + spend.day.dt.month], observed=True
    )
    table["cost"] = net.sum().rename_axis(["lead_source", "month"])
    table["cpl"] = table.cost / table.leads
    return list(table.reset_index().itertuples(index=False, name=None))


def _pandas_funnel(facts: dict[str, Any]) -> Rows:
    moves = facts["stage_moves"].sort_values(["lead_id", "entered_at"])
    after = moves.entered_at.shift(-1)
    same = moves.lead_id == moves.lead_id.shift(-1)
    moves = moves.assign(seconds=(after - moves.entered_at).dt.total_seconds().where(same))
    spent = moves.groupby(["lead_id", "stage"], observed=True, sort=False).seconds.sum(min_count=1).reset_index()
    spent = spent.merge(facts["leads"][["lead_id", "segment"]], on="lead_id")
    table = spent.groupby(["segment", "stage"], observed=True).seconds.agg(["size", "median"])
    segments = sorted(spent.segment.unique())
    return [
        (segment, *(float(value) for stage in STAGES for value in table.loc[(segment, stage)]))
        for segment in segments
    ]


def _pandas_losses(facts: dict[str, Any]) -> Rows:
    moves = facts["stage_moves"].sort_values(["lead_id", "entered_at"])
    before = moves.stage.shift(1)
    last = moves.lead_id != moves.lead_id.shift(-1)
    lost = moves.assign(loss_stage=before)[last & (moves.stage == "lost")]
    lost = lost.merge(facts["leads"][["lead_id", "created_at", "amount"]], on="lead_id")
    lost["month"] = lost.created_at.dt.year * 100 + lost.created_at.dt.month
    by = lost.groupby(["loss_stage", "month", "loss_reason"], observed=True, dropna=False)
    table = by.agg(leads=("lead_id", "size"), amount=("amount", "sum"))
    return list(table.reset_index().itertuples(index=False, name=None))


def polars_questions(folder: Path) -> dict[str, Callable[[], Rows]]:
    """Facts in memory and a call per question."""
    import polars as pl

    facts = {
        name: pl.concat([pl.read_parquet(file, columns=columns) for file in files(folder, name)])
        for name, columns in _TABLES.items()
    }
    return {
        "economics": lambda: _polars_economics(facts),
        "funnel": lambda: _polars_funnel(facts),
        "losses": lambda: _polars_losses(facts),
    }


def _polars_month(column: str) -> Any:
    import polars as pl

    return pl.col(column).dt.year() * 100 + pl.col(column).dt.month().cast(pl.Int32)


def _polars_economics(facts: dict[str, Any]) -> Rows:
    import polars as pl

    won = facts["stage_moves"].lazy().filter(pl.col("stage") == "won").select("lead_id").unique()
    paid = (
        facts["payments"].lazy().group_by("lead_id").agg((pl.col("amount") - pl.col("vat")).sum().alias("revenue"))
    )
    leads = (
        facts["leads"]
        .lazy()
        .join(won.with_columns(won=pl.lit(1)), on="lead_id", how="left")
        .join(paid, on="lead_id", how="left")
        .group_by("lead_source", _polars_month("created_at").alias("month"))
        .agg(pl.len().alias("leads"), pl.col("won").sum(), pl.col("revenue").sum().fill_null(0))
    )
    spend = (
        facts["ad_spend"]
        .lazy()
        .group_by("lead_source", _polars_month("day").alias("month"))
        .agg((pl.col("cost") - pl.col("vat")).sum().alias("cost"))
    )
    table = leads.join(spend, on=["lead_source", "month"], how="left")
    table = table.with_columns(cpl=pl.col("cost").cast(pl.Float64) / pl.col("leads"))
    return list(table.sort("lead_source", "month").collect().iter_rows())


def _polars_funnel(facts: dict[str, Any]) -> Rows:
    import polars as pl

    moves = facts["stage_moves"].lazy().sort("lead_id", "entered_at")
    after = pl.col("entered_at").shift(-1).over("lead_id")
    spent = (
        moves.with_columns(seconds=(after - pl.col("entered_at")).dt.total_seconds())
        .group_by("lead_id", "stage")
        .agg(
            pl.when(pl.col("seconds").count() > 0).then(pl.col("seconds").sum()).alias("seconds"),
        )
        .join(facts["leads"].lazy().select("lead_id", "segment"), on="lead_id")
        .group_by("segment", "stage")
        .agg(pl.len().alias("n"), pl.col("seconds").median().alias("median"))
        .collect()
    )
    cells = {(segment, stage): (n, median) for segment, stage, n, median in spent.iter_rows()}
    segments = sorted({segment for segment, _ in cells})
    return [(segment, *(value for stage in STAGES for value in cells[segment, stage])) for segment in segments]


def _polars_losses(facts: dict[str, Any]) -> Rows:
    import polars as pl

    moves = facts["stage_moves"].lazy().sort("lead_id", "entered_at")
    table = (
        moves.with_columns(
            loss_stage=pl.col("stage").shift(1).over("lead_id"),
            next_stage=pl.col("stage").shift(-1).over("lead_id"),
        )
        .filter((pl.col("stage") == "lost") & pl.col("next_stage").is_null())
        .join(facts["leads"].lazy().select("lead_id", "created_at", "amount"), on="lead_id")
        .group_by("loss_stage", _polars_month("created_at").alias("month"), "loss_reason")
        .agg(pl.len().alias("leads"), pl.col("amount").sum().alias("total"))
        .collect()
    )
    return list(table.iter_rows())
