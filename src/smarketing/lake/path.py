"""Which way did each lead go through the stages? One row per lead out of its moves.

Moves stand in the order of their moments; one that is dated before its lead was created (a day without an hour, a
typing error) stands where the lead begins. Some sources know that a stage was reached but not when. Such a move

* says nothing where the same stage also has a dated move;
* goes before all dated moves where it lies behind the furthest dated one in time, so that it is no return;
* else goes after them in the order of the path, but before a dated loss that ends the way;
* and if it is itself a loss or a sale, it is the last of all.

It counts as reached, never as a return, a reopening or a stay.
"""

from __future__ import annotations

from smarketing.facts.company import Company, Milestone
from smarketing.facts.query import literal
from smarketing.lake.engine import Engine
from smarketing.lake.settings import milestone_place

_PLACED = """
CREATE OR REPLACE TABLE placed_moves AS
SELECT m.lead_id, m.stage, m.entered_at, GREATEST(m.entered_at, c.created_at) AS seen_at,
    m.loss_reason, m.competitor, s.place, s.turn_place, s.is_lost
FROM raw_stage_moves m JOIN stage_places s ON s.stage = m.stage
JOIN {leads} c ON c.lead_id = m.lead_id
"""

# What an undated move of a lead must know of its dated ones. Few leads have undated moves, so this is small.
_DATED_END = """
CREATE OR REPLACE TABLE dated_ends AS
WITH turned AS (
    SELECT lead_id, place, is_lost, seen_at,
        ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY seen_at DESC, turn_place DESC) AS from_end,
        ROW_NUMBER() OVER (
            PARTITION BY lead_id, is_lost ORDER BY seen_at DESC, turn_place DESC
        ) AS kind_from_end
    FROM placed_moves
    WHERE entered_at IS NOT NULL AND lead_id IN (SELECT lead_id FROM placed_moves WHERE entered_at IS NULL)
)
SELECT lead_id,
    MAX(place) FILTER (WHERE NOT is_lost AND kind_from_end = 1) AS last_place,
    MAX(seen_at) FILTER (WHERE is_lost AND from_end = 1) AS ended_lost_at
FROM turned GROUP BY lead_id
"""

_ORDERED = """
CREATE OR REPLACE TABLE ordered_moves AS
WITH known AS (
    SELECT * FROM placed_moves m
    WHERE entered_at IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM placed_moves d
        WHERE d.lead_id = m.lead_id AND d.stage = m.stage AND d.entered_at IS NOT NULL
          AND d.lead_id IN (SELECT lead_id FROM placed_moves WHERE entered_at IS NULL)
    )
), tiered AS (
    SELECT k.*, CASE
        WHEN k.entered_at IS NOT NULL AND k.is_lost AND k.seen_at = e.ended_lost_at THEN 2
        WHEN k.entered_at IS NOT NULL THEN 0
        WHEN k.is_lost OR k.place >= {won} THEN 3
        WHEN k.place < e.last_place THEN -1
        ELSE 1 END AS tier
    FROM known k LEFT JOIN dated_ends e ON e.lead_id = k.lead_id
)
SELECT *,
    ROW_NUMBER() OVER way AS turn,
    LEAD(stage) OVER way IS NULL AS is_last,
    LAG(entered_at) OVER way AS before_at,
    LAG(place) OVER way AS before_place,
    LAG(is_lost) OVER way AS before_lost
FROM tiered
WINDOW way AS (PARTITION BY lead_id ORDER BY tier, seen_at, turn_place, stage)
"""

# A stay lasts from one dated move to the next dated one.
_STAYS = """
CREATE OR REPLACE TABLE stays AS
SELECT lead_id, stage, (EPOCH_US(LEAD(seen_at) OVER way) - EPOCH_US(seen_at)) // 1000000 AS seconds
FROM ordered_moves WHERE entered_at IS NOT NULL
WINDOW way AS (PARTITION BY lead_id ORDER BY turn)
"""

_PATHS = """
CREATE OR REPLACE TABLE lead_paths AS
WITH sums AS (
    SELECT lead_id,
        MAX(stage) FILTER (WHERE is_last) AS stage,
        BOOL_OR(is_lost) FILTER (WHERE is_last) AS is_lost,
        MAX(place) FILTER (WHERE is_last) AS place,
        MAX(entered_at) FILTER (WHERE is_last AND is_lost) AS lost_at,
        MAX(loss_reason) FILTER (WHERE is_last AND is_lost) AS loss_reason,
        MAX(competitor) FILTER (WHERE is_last AND is_lost) AS competitor,
        MAX(place) AS furthest,
        MAX(turn) FILTER (WHERE NOT is_lost) AS last_path_turn,
        COUNT(*) FILTER (
            WHERE place < before_place AND entered_at IS NOT NULL AND before_at IS NOT NULL
        ) AS returns,
        COUNT(*) FILTER (
            WHERE NOT is_lost AND (before_lost OR (before_place >= {won} AND place < {won}))
            AND entered_at IS NOT NULL AND before_at IS NOT NULL
        ) AS reopenings,
        {milestones},
        {stages}
    FROM ordered_moves GROUP BY lead_id
), before_loss AS (
    SELECT m.lead_id, m.stage, m.entered_at FROM ordered_moves m
    JOIN sums s ON s.lead_id = m.lead_id AND s.last_path_turn = m.turn WHERE s.is_lost
), durations AS (
    SELECT lead_id, {durations} FROM stays WHERE seconds IS NOT NULL GROUP BY lead_id
)
SELECT s.*, d.* EXCLUDE (lead_id),
    CASE WHEN s.is_lost THEN 'lost' WHEN s.place >= {won} THEN 'won' ELSE 'open' END AS outcome,
    CASE WHEN s.is_lost THEN
        CASE WHEN b.entered_at IS NOT NULL THEN b.stage ELSE COALESCE(f.stage, {first_stage}) END
    END AS loss_stage
FROM sums s
LEFT JOIN before_loss b ON b.lead_id = s.lead_id
LEFT JOIN durations d ON d.lead_id = s.lead_id
LEFT JOIN stage_places f ON f.place = s.furthest
"""


def walk(engine: Engine, company: Company, leads: str) -> None:
    """Make ``lead_paths`` for those leads of a table (``lead_id``, ``created_at``) that have moves."""
    won = milestone_place(company, Milestone.WON)
    first = company.path[0].key if company.path else None
    engine.run(_PLACED.format(leads=leads))
    engine.run(_DATED_END)
    engine.run(_ORDERED.format(won=won))
    engine.run(_STAYS)
    engine.run(
        _PATHS.format(
            won=won,
            milestones=", ".join(_milestone(company, milestone) for milestone in _PATH_MILESTONES),
            stages=_each(company, 'BOOL_OR(stage = {key}) AS "in_{stage}"', _FIRST_ENTRY) or "NULL AS no_stage",
            durations=_each(company, 'SUM(seconds) FILTER (WHERE stage = {key}) AS "sec_{stage}"')
            or "NULL AS no_duration",
            first_stage=literal(first),
        )
    )
    for table in ("placed_moves", "dated_ends", "ordered_moves", "stays"):
        engine.run(f"DROP TABLE {table}")


_PATH_MILESTONES = (Milestone.ACCEPTED, Milestone.DEAL, Milestone.WON)
_FIRST_ENTRY = 'MIN(entered_at) FILTER (WHERE stage = {key}) AS "at_{stage}"'


def _milestone(company: Company, milestone: Milestone) -> str:
    place = milestone_place(company, milestone)
    return (
        f"COALESCE(MAX(place) >= {place}, FALSE) AS reached_{milestone.value}, "
        f"MIN(entered_at) FILTER (WHERE place >= {place}) AS reached_{milestone.value}_at"
    )


def _each(company: Company, *shapes: str) -> str:
    return ", ".join(
        shape.format(stage=stage.key, key=literal(stage.key)) for stage in company.stages for shape in shapes
    )
