"""Stages travel as numbers while their moves are sorted: does every one come back under its own name?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from smarketing.facts.company import parse_company
from smarketing.lake.store import FactBatch, Lake

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_walk_more_stages_than_bits_of_one_number(tmp_path: Path) -> None:
    # 65 stages of a path and two losses: places 1-65, then «bad» 66 and «late» 67, over two masks of sixty.
    keys = [f"stage_{number:02d}" for number in range(1, 66)]
    stages = [{"key": key, "name": {"ru": key, "en": key}} for key in keys]
    lost = [{"key": key, "name": {"ru": key, "en": key}, "milestone": "lost"} for key in ("late", "bad")]
    company = parse_company({"name": "Long", "zone": "UTC", "stages": [*stages, *lost]})
    walked = ["stage_01", "stage_60", "stage_61", "stage_60", "late"]  # hours 0, 1, 2, 3, 4
    moves = {
        "lead_id": ["L"] * 5,
        "stage": walked,
        "entered_at": [START + timedelta(hours=hour) for hour in range(5)],
        "loss_reason": [None, None, None, None, "price"],
    }
    lake = Lake(tmp_path)
    leads = {"lead_id": ["L"], "created_at": [START]}
    lake.load([FactBatch("leads", pa.table(leads)), FactBatch("stage_moves", pa.table(moves))], company)
    with lake.open() as reader:
        (row,) = reader.query("SELECT * FROM journeys").to_pylist()
    entered = {key for key in (*keys, "late", "bad") if row[f"in_{key}"]}
    assert entered == {"stage_01", "stage_60", "stage_61", "late"}
    assert (row["furthest"], row["stage"], row["outcome"]) == (61, "late", "lost")
    assert (row["loss_stage"], row["loss_reason"], row["returns"]) == ("stage_60", "price", 1)
    # Twice an hour in stage_60: 1-2 and 3-4.
    assert (row["sec_stage_60"], row["sec_stage_61"], row["sec_late"]) == (7200, 3600, None)
