"""Which way did each lead go through the stages? One row per lead out of its moves.

Moves stand in the order of their moments; one that is dated before its lead was created (a day without an hour, a
typing error) stands where the lead begins. Some sources know that a stage was reached but not when. Such a move

* says nothing where the same stage also has a dated move;
* goes before all dated moves where it lies behind the furthest dated one in time, so that it is no return;
* else goes after them in the order of the path, but before a dated loss that ends the way;
* and if it is itself a loss or a sale, it is the last of all.

It counts as reached, never as a return, a reopening or a stay.

Millions of moves are sorted here, so they travel as numbers: ``lead_no`` for the lead, ``spot`` for the stage (its
place on the path; the lost stages stand after the path).
"""

from __future__ import annotations

from smarketing.facts.company import Company, Milestone
from smarketing.facts.query import literal
from smarketing.lake.engine import Engine
from smarketing.lake.settings import milestone_place, spots

_PLACED = """
CREATE OR REPLACE TABLE placed_moves AS
SELECT c.lead_no, s.spot, m.entered_at, GREATEST(m.entered_at, c.created_at) AS seen_at,
    m.loss_reason, m.competitor
FROM raw_stage_moves m JOIN stage_places s ON s.stage = m.stage
JOIN {leads} c ON c.lead_id = m.lead_id
"""

# What an undated move of a lead must know of its dated ones. Few leads have undated moves, so this is small.
_DATED_END = """
CREATE OR REPLACE TABLE dated_ends AS
WITH turned AS (
    SELECT lead_no, spot, spot > {path} AS is_lost, seen_at,
        ROW_NUMBER() OVER (PARTITION BY lead_no ORDER BY seen_at DESC, spot DESC) AS from_end,
        ROW_NUMBER() OVER (PARTITION BY lead_no, spot > {path} ORDER BY seen_at DESC, spot DESC) AS kind_from_end
    FROM placed_moves
    WHERE entered_at IS NOT NULL AND lead_no IN (SELECT lead_no FROM placed_moves WHERE entered_at IS NULL)
)
SELECT lead_no,
    MAX(spot) FILTER (WHERE NOT is_lost AND kind_from_end = 1) AS last_place,
    MAX(seen_at) FILTER (WHERE is_lost AND from_end = 1) AS ended_lost_at
FROM turned GROUP BY lead_no
"""

_TIERED = """
SELECT k.*, CASE
    WHEN k.entered_at IS NOT NULL AND k.spot > {path} AND k.seen_at = e.ended_lost_at THEN 2
    WHEN k.entered_at IS NOT NULL THEN 0
    WHEN k.spot > {path} OR k.spot >= {won} THEN 3
    WHEN k.spot < e.last_place THEN -1
    ELSE 1 END AS tier
FROM placed_moves k LEFT JOIN dated_ends e ON e.lead_no = k.lead_no
WHERE k.entered_at IS NOT NULL OR NOT EXISTS (
    SELECT 1 FROM placed_moves d
    WHERE d.lead_no = k.lead_no AND d.spot = k.spot AND d.entered_at IS NOT NULL
      AND d.lead_no IN (SELECT lead_no FROM placed_moves WHERE entered_at IS NULL)
)
"""

# A stay lasts from one dated move to the next dated one. ``before_spot`` is NULL after an undated move.
# ``last_on_path``: the latest move that is no loss, as one number that MAX can choose: turn, spot, dated or not.
_PATHS = """
CREATE OR REPLACE TABLE lead_paths AS
WITH moves AS (
    {moves}
), ordered AS (
    SELECT lead_no, spot, entered_at, loss_reason, competitor,
        ROW_NUMBER() OVER way AS turn,
        LEAD(spot) OVER way IS NULL AS is_last,
        LAG(CASE WHEN entered_at IS NOT NULL THEN spot END) OVER way AS before_spot,
        CASE WHEN entered_at IS NOT NULL
            THEN (EPOCH_US(LEAD(seen_at) OVER {dated_way}) - EPOCH_US(seen_at)) // 1000000 END AS seconds
    FROM moves
    WINDOW way AS (PARTITION BY lead_no ORDER BY {order}),
        dated_way AS (PARTITION BY lead_no, entered_at IS NULL ORDER BY {order})
), sums AS (
    SELECT lead_no,
        MAX(spot) FILTER (WHERE is_last) AS last_spot,
        MAX(entered_at) FILTER (WHERE is_last AND spot > {path}) AS lost_at,
        MAX(loss_reason) FILTER (WHERE is_last AND spot > {path}) AS loss_reason,
        MAX(competitor) FILTER (WHERE is_last AND spot > {path}) AS competitor,
        MAX(spot) FILTER (WHERE spot <= {path}) AS furthest,
        MAX(turn * {turn} + spot * 2 + (entered_at IS NOT NULL)::INTEGER) FILTER (WHERE spot <= {path})
            AS last_on_path,
        COUNT(*) FILTER (
            WHERE entered_at IS NOT NULL AND spot < before_spot AND before_spot <= {path}
        ) AS returns,
        COUNT(*) FILTER (
            WHERE entered_at IS NOT NULL AND spot <= {path}
              AND (before_spot > {path} OR (before_spot >= {won} AND spot < {won}))
        ) AS reopenings,
        {aggregates}
    FROM ordered GROUP BY lead_no
)
SELECT s.* EXCLUDE ({internal}), {told},
    l.stage,
    CASE WHEN s.last_spot > {path} THEN 'lost' WHEN s.last_spot >= {won} THEN 'won' ELSE 'open' END AS outcome,
    CASE WHEN s.last_spot > {path} THEN
        CASE WHEN s.last_on_path % 2 = 1 THEN b.stage ELSE COALESCE(f.stage, {first_stage}) END
    END AS loss_stage
FROM sums s
JOIN stage_places l ON l.spot = s.last_spot
LEFT JOIN stage_places b ON b.spot = (s.last_on_path % {turn}) // 2
LEFT JOIN stage_places f ON f.spot = s.furthest
"""

_TURN = 131_072  # more than twice the places a path may have
_MASK = 60  # stages whose «was entered» fits one whole number


def walk(engine: Engine, company: Company, leads: str) -> None:
    """Make ``lead_paths`` for the leads of a table (``lead_id``, ``lead_no``, ``created_at``) that have moves."""
    won, path = milestone_place(company, Milestone.WON), len(company.path)
    first = company.path[0].key if company.path else None
    engine.run(_PLACED.format(leads=leads))
    moves, order, dated_way = "SELECT * FROM placed_moves", "seen_at, spot", "way"
    if engine.value("SELECT EXISTS (SELECT 1 FROM placed_moves WHERE entered_at IS NULL)"):
        engine.run(_DATED_END.format(path=path))
        moves, order, dated_way = _TIERED.format(path=path, won=won), "tier, seen_at, spot", "dated_way"
    masks = range(0, len(company.stages), _MASK)
    engine.run(
        _PATHS.format(
            moves=moves,
            order=order,
            dated_way=dated_way,
            won=won,
            path=path,
            turn=_TURN,
            aggregates=", ".join([*_moments(company), *map(_mask, masks), *_each_stage(company)]),
            internal=", ".join(["last_spot", "last_on_path", *(f"entered_{start}" for start in masks)]),
            told=", ".join([*_reached(company), *_entered(company)]),
            first_stage=literal(first),
        )
    )
    engine.run("DROP TABLE placed_moves")


_PATH_MILESTONES = (Milestone.ACCEPTED, Milestone.DEAL, Milestone.WON)


def _moments(company: Company) -> list[str]:
    """When was each milestone reached first?"""
    return [
        f"MIN(entered_at) FILTER (WHERE spot >= {milestone_place(company, milestone)} "
        f"AND spot <= {len(company.path)}) AS reached_{milestone.value}_at"
        for milestone in _PATH_MILESTONES
    ]


def _reached(company: Company) -> list[str]:
    return [
        f"COALESCE(s.furthest >= {milestone_place(company, milestone)}, FALSE) AS reached_{milestone.value}"
        for milestone in _PATH_MILESTONES
    ]


def _mask(start: int) -> str:
    """Which of sixty stages were entered, a bit for each: one aggregate instead of sixty."""
    return (
        f"BIT_OR(CASE WHEN spot > {start} AND spot <= {start + _MASK} THEN 1::BIGINT << (spot - {start + 1}) "
        f"ELSE 0 END) AS entered_{start}"
    )


def _entered(company: Company) -> list[str]:
    """The bits as columns."""
    return [
        f'(s.entered_{spot // _MASK * _MASK} >> {spot % _MASK}) & 1 = 1 AS "in_{stage}"'
        for spot, stage in enumerate(spots(company))
    ]


def _each_stage(company: Company) -> list[str]:
    """First entry and time spent, per stage. CASE is a seventh cheaper here than FILTER."""
    shapes = (
        'MIN(CASE WHEN spot = {spot} THEN entered_at END) AS "at_{stage}"',
        'SUM(CASE WHEN spot = {spot} THEN seconds END) AS "sec_{stage}"',
    )
    numbered = enumerate(spots(company), start=1)
    return [shape.format(stage=stage, spot=spot) for spot, stage in numbered for shape in shapes]
