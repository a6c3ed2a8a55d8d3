"""Is a lead a target one? What the written criteria say, what a person said, and which of it is new.

A verdict is a fact: when the rule's verdict on a lead is new or other than the last one written down, a row goes
to ``qualifications``. A person's verdict wins over the rule, whenever it was given.
"""

from __future__ import annotations

from datetime import datetime

from smarketing.facts.company import Company
from smarketing.facts.query import literal
from smarketing.lake.batches import LOAD, PART
from smarketing.lake.engine import Engine
from smarketing.metrics.criteria import by_date_expression

_SAID = """
CREATE OR REPLACE TABLE said_before AS
SELECT lead_id, verdict, criterion, criteria_version, judged_at, judged_by = 'rule' AS by_rule
FROM (
    SELECT lead_id, verdict, criterion, criteria_version, judged_at, {load},
        COALESCE(judged_by, 'person') AS judged_by
    FROM raw_qualifications WHERE lead_id IN (SELECT lead_id FROM chunk)
)
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY lead_id, judged_by = 'rule' ORDER BY judged_at DESC, {load} DESC
) = 1
"""

_RULED = """
CREATE OR REPLACE TABLE ruled AS
SELECT lead_no, lead_id, {verdict} AS verdict, {criterion} AS criterion, {version} AS criteria_version
FROM chunk_leads
"""

_NEW = """
INSERT INTO new_verdicts
SELECT r.lead_id,
    GREATEST({now}, s.judged_at + INTERVAL 1 MICROSECOND) AS judged_at,
    r.verdict, r.criterion, r.criteria_version, 'rule' AS judged_by
FROM ruled r LEFT JOIN said_before s ON s.lead_id = r.lead_id AND s.by_rule
WHERE (
    r.verdict IS DISTINCT FROM s.verdict
    OR r.criterion IS DISTINCT FROM s.criterion
    OR r.criteria_version IS DISTINCT FROM s.criteria_version
) AND (r.criteria_version IS NOT NULL OR s.criteria_version IS NOT NULL)
"""

# Where no version of the criteria was valid, only a rule's verdict that came from outside can stand: ours always
# names its version, and says «unknown» where it took one back.
_VERDICTS = """
CREATE OR REPLACE TABLE lead_verdicts AS
SELECT r.lead_no, {chosen},
    CASE WHEN p.lead_id IS NOT NULL THEN 'person'
         WHEN r.criteria_version IS NOT NULL OR o.lead_id IS NOT NULL THEN 'rule' END AS judged_by
FROM {ruled} r
LEFT JOIN said_before p ON p.lead_id = r.lead_id AND NOT p.by_rule
LEFT JOIN said_before o ON o.lead_id = r.lead_id
    AND o.by_rule AND o.criteria_version IS NULL AND o.verdict <> 'unknown'
"""
_NOT_RULED = """(
    SELECT lead_no, lead_id,
        NULL::VARCHAR AS verdict, NULL::VARCHAR AS criterion, NULL::VARCHAR AS criteria_version
    FROM chunk_leads
)"""
_SAYS = ("verdict", "criterion", "criteria_version")


def start(engine: Engine) -> None:
    """An empty ``new_verdicts``, to which every chunk of leads adds."""
    engine.run(
        "CREATE OR REPLACE TABLE new_verdicts (lead_id VARCHAR, judged_at TIMESTAMP, verdict VARCHAR, "
        "criterion VARCHAR, criteria_version VARCHAR, judged_by VARCHAR)"
    )


def judge(engine: Engine, company: Company, known_until: datetime) -> None:
    """Make ``lead_verdicts`` for ``chunk_leads`` and add what is new to ``new_verdicts``."""
    engine.run(_SAID.format(load=LOAD))
    ruled = _NOT_RULED
    if company.criteria:
        parts = {part: by_date_expression(company, part) for part in ("verdict", "criterion", "version")}
        engine.run(_RULED.format(**parts))
        engine.run(_NEW.format(now=literal(known_until)))
        ruled = "ruled"
    chosen = ", ".join(
        f"CASE WHEN p.lead_id IS NOT NULL THEN p.{said} WHEN r.criteria_version IS NOT NULL THEN r.{said} "
        f"ELSE o.{said} END AS {said}"
        for said in _SAYS
    )
    engine.run(_VERDICTS.format(ruled=ruled, chosen=chosen))


def new_rows(load: int) -> str:
    """The verdicts to append to ``qualifications``."""
    return (
        f"SELECT lead_id, judged_at, verdict, criterion, criteria_version, judged_by, {load}::BIGINT AS {LOAD}, "
        f"(YEAR(judged_at) * 100 + MONTH(judged_at))::INTEGER AS {PART} FROM new_verdicts ORDER BY lead_id"
    )
