"""How is the test of the forecast on past months made only once for a version of the facts?

It is kept beside the lake as a small file of numbers. A new version, other settings or another edition of the
model make a new one; a file that cannot be read or written is no loss, only slower.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from smarketing.analyses.forecast import Backtest, Forecast, Past, forecast, measured
from smarketing.analyses.forecast.backtest import EDITION
from smarketing.analyses.forecast.measure import Tried
from smarketing.analyses.question import Question
from smarketing.analyses.result import Measurement
from smarketing.facts.period import Month
from smarketing.facts.query import Reader
from smarketing.jobs.workspace import Workspace, write_whole


def forecast_of(workspace: Workspace, reader: Reader, month: Month | None = None) -> Forecast:
    """The forecast of the whole company, its test kept by version."""
    return forecast(reader, month, tried=_keeper(workspace, reader, {}))


def forecast_table(workspace: Workspace, reader: Reader, question: Question) -> tuple[Forecast, Measurement]:
    """The forecast of a question and its table, its test kept by version."""
    return measured(reader, question, _keeper(workspace, reader, question.where))


def _keeper(workspace: Workspace, reader: Reader, where: Mapping[str, tuple[str, ...]]) -> Tried:
    stamp = _stamp(reader, where)
    path = workspace.root / "cache" / f"backtest-{stamp}.json"

    def tried(make: Callable[[], Backtest]) -> Backtest:
        found = _read(path)
        if found is None:
            found = make()
            _write(path, found, reader.version)
        return found

    return tried


def _stamp(reader: Reader, where: Mapping[str, tuple[str, ...]]) -> str:
    told = json.dumps([
        EDITION, reader.version, reader.known_until.isoformat(), reader.company.model_dump(mode="json"),
        sorted(where.items()),
    ])  # fmt: skip
    return f"{reader.version}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def _read(path: Path) -> Backtest | None:
    try:
        return Backtest(tuple(_past(row) for row in json.loads(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(path: Path, found: Backtest, version: int) -> None:
    rows = [{**asdict(past), "month": past.month.number} for past in found.pasts]
    try:
        write_whole(path, json.dumps(rows))
        for other in path.parent.glob("backtest-*.json"):
            if not other.name.startswith(f"backtest-{version}-"):
                other.unlink()
    except OSError:
        return  # a folder that cannot be written: it is tried again next time


def _past(row: dict[str, Any]) -> Past:
    low, middle, high = row["model"]
    return Past(**{**row, "month": Month.from_number(row["month"]), "model": (low, middle, high)})
