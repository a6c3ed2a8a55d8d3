"""Three leads tagged «vesna_new» and 3000 of spend on «Весна»: one campaign as soon as a person says so."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.first_touch import first_touch
from smarketing.analyses.question import Question
from smarketing.analyses.reconciliation import Report, reconciliation
from smarketing.analyses.reconciliation.behind import behind
from smarketing.analyses.reconciliation.pairs import proposed_pairs
from smarketing.facts.company import Company, Stage
from smarketing.facts.errors import WrongState
from smarketing.jobs.campaign_pairs import forget_pair, say_pair
from smarketing.jobs.workspace import Workspace
from smarketing.lake.store import FactBatch

MOSCOW = ZoneInfo("Europe/Moscow")
TODAY = date(2026, 11, 20)
PAIR = ("vk", "Весна", "vesna_new")


@pytest.fixture
def workspace(tmp_path):
    company = Company(
        stages=(
            Stage(key="new", name={"ru": "Новый", "en": "New"}),
            Stage(key="won", name={"ru": "Продажа", "en": "Won"}, milestone="won"),
        )
    )
    workspace = Workspace.init(tmp_path / "w", company)
    days = [datetime(2026, 11, day, 12, tzinfo=MOSCOW) for day in (2, 3, 4)]
    leads = pa.table(
        {"lead_id": ["1", "2", "3"], "created_at": days, "lead_source": ["vk"] * 3, "campaign": ["vesna_new"] * 3}
    )
    moves = pa.table({"lead_id": ["1", "2"], "stage": ["won", "won"], "entered_at": days[:2]})
    spend = pa.table(
        {"day": [moment.date() for moment in days], "lead_source": ["vk"] * 3, "campaign": ["Весна"] * 3,
         "cost": pa.array([Decimal(1000)] * 3, pa.decimal128(18, 2))}
    )  # fmt: skip
    batches = [FactBatch("leads", leads), FactBatch("stage_moves", moves), FactBatch("ad_spend", spend)]
    workspace.lake.load(batches, company)
    return workspace


def by_campaign(workspace):
    with workspace.lake.open() as reader:
        rows = economics(reader, Question(by=("campaign",)), ("spend", "leads", "sales", "cac_paid")).rows
        return {row.keys[0]: [row.figures[key].value for key in ("spend", "leads", "cac_paid")] for row in rows}


def test_pair_joins_spend_and_leads_in_every_figure(workspace):
    assert by_campaign(workspace) == {"Весна": [3000, 0, None], "vesna_new": [None, 3, None]}
    change = say_pair(workspace, *PAIR, same=True, who="founder", today=TODAY)
    assert by_campaign(workspace) == {"Весна": [3000, 3, 1500]}
    assert change.version == 2
    (kept,) = workspace.company.campaign_pairs
    assert (kept.said_by, kept.said_on, kept.same) == ("founder", TODAY, True)


def test_pair_is_forgotten_without_a_trace_in_the_figures(workspace):
    before = by_campaign(workspace)
    say_pair(workspace, *PAIR, same=True, who="founder", today=TODAY)
    forget_pair(workspace, *PAIR)
    assert by_campaign(workspace) == before
    assert workspace.company.campaign_pairs == ()


def test_facts_keep_the_names_that_were_written(workspace):
    say_pair(workspace, *PAIR, same=True, who="founder", today=TODAY)
    with workspace.lake.open() as reader:
        written = reader.query("SELECT DISTINCT campaign FROM leads ORDER BY campaign NULLS LAST").to_pylist()
    assert written == [{"campaign": "vesna_new"}]


def test_pair_that_a_person_refused_is_remembered_and_not_proposed_again(workspace):
    with workspace.lake.open() as reader:
        assert [(one.report, one.crm) for one in proposed_pairs(reader)] == [("Весна", "vesna_new")]
    say_pair(workspace, *PAIR, same=False, who="founder", today=TODAY)
    with workspace.lake.open() as reader:
        assert proposed_pairs(reader) == ()
    assert by_campaign(workspace)["vesna_new"] == [None, 3, None]


def test_last_word_on_a_pair_stands(workspace):
    say_pair(workspace, *PAIR, same=False, who="founder", today=TODAY)
    say_pair(workspace, *PAIR, same=True, who="marketing", today=TODAY)
    assert [(pair.same, pair.said_by) for pair in workspace.company.campaign_pairs] == [(True, "marketing")]


def test_loads_after_the_word_keep_to_it(workspace):
    say_pair(workspace, *PAIR, same=True, who="founder", today=TODAY)
    late = pa.table(
        {"lead_id": ["4"], "created_at": [datetime(2026, 11, 5, 12, tzinfo=MOSCOW)], "lead_source": ["vk"],
         "campaign": ["vesna_new"]}
    )  # fmt: skip
    workspace.lake.load([FactBatch("leads", late)], workspace.company)
    assert by_campaign(workspace) == {"Весна": [3000, 4, 1500]}


def test_pair_is_one_campaign_wherever_its_name_is_read(workspace):
    """Leads 1 and 2 came by the form of «Весна», lead 3 by that of «vesna_new»; three were typed."""
    sent = [datetime(2026, 11, day, 11, tzinfo=MOSCOW) for day in (2, 3, 4)]
    forms = pa.table(
        {"touch_id": ["f1", "f2", "f3"], "at": sent, "lead_id": ["1", "2", "3"], "channel": ["vk"] * 3,
         "campaign": ["Весна", "Весна", "vesna_new"], "kind": ["form"] * 3}
    )  # fmt: skip
    typed = pa.table(
        {"month": [202611], "metric": ["leads"], "value": pa.array([Decimal(3)]), "lead_source": ["vk"],
         "campaign": ["vesna_new"]}
    )  # fmt: skip
    workspace.lake.load([FactBatch("touches", forms), FactBatch("reported", typed)], workspace.company)

    def counts(report, by=("campaign",)):
        with workspace.lake.open() as reader:
            rows = reconciliation(reader, Question(by=by), report).table.rows
        keys = ("reported_leads", "crm_leads", "gap_renamed")
        return {row.keys[0]: [row.figures[key].value for key in keys] for row in rows}

    apart = {"Весна": [2, 0, -2], "vesna_new": [1, 3, 2]}
    assert counts(Report.FORMS) == apart
    assert counts(Report.TYPED) == {"vesna_new": [3, 3, 0]}
    say_pair(workspace, *PAIR, same=True, who="founder", today=TODAY)
    assert counts(Report.FORMS) == {"Весна": [3, 3, 0]}
    assert counts(Report.TYPED) == {"Весна": [3, 3, 0]}
    joined = Question().only("lead_source", "vk").only("campaign", "Весна")
    with workspace.lake.open() as reader:
        assert {row[3] for row in behind(reader, "reported_leads", joined).rows} == {"1", "2", "3"}
        (row,) = first_touch(reader, Question(by=("campaign",))).rows
    assert (row.keys, row.figures["touched_leads"].value) == (("Весна",), 3)
    forget_pair(workspace, *PAIR)
    assert counts(Report.FORMS) == apart


def test_what_is_no_pair_is_refused(workspace):
    with pytest.raises(WrongState, match="no-pair"):
        say_pair(workspace, "vk", "Весна", "Весна", same=True, who="founder", today=TODAY)
    with pytest.raises(WrongState, match="unknown-pair"):
        forget_pair(workspace, *PAIR)
