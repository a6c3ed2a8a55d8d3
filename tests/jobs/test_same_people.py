"""Four cards: Ivan twice by one phone, «ООО Ромашка» twice by name and city, all with their leads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from smarketing.analyses.economics import economics
from smarketing.analyses.question import Question
from smarketing.facts.company import Company, Stage
from smarketing.facts.errors import WrongState
from smarketing.jobs.deciding import say, settle
from smarketing.jobs.same_people import queue, second_enquiries, words
from smarketing.jobs.workspace import Workspace
from smarketing.lake.store import FactBatch

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


def on(day, hour=12):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def company(**identity):
    names = {"ru": "С", "en": "S"}
    stages = (
        Stage(key="new", name=names), Stage(key="won", name=names, milestone="won"),
        Stage(key="lost", name=names, milestone="lost"),
    )  # fmt: skip
    return Company(zone="UTC", stages=stages, identity=identity)


def table(**columns):
    return pa.table(columns)


CLIENTS = table(
    client_id=["c1", "c2", "c3", "c4"],
    name=["Иван Петров", "Петров И.", "ООО «Ромашка Москва»", "Москва Ромашка ООО"],
    phone=["+7 (916) 123-45-67", "8 916 123 45 67", "+7 111 111 11 11", "нет"],
    email=[None, "ivan@mail.ru", None, None],
)
LEADS = table(
    lead_id=["1", "2", "3", "4"],
    created_at=[on(2), on(6), on(7), on(8)],
    client_id=["c1", "c2", "c3", "c4"],
    lead_source=["vk", "yandex", "vk", "vk"],
    region=["Тверь", "Тверь", "Москва", "москва "],
)
MOVES = table(lead_id=["1", "2"], stage=["won", "won"], entered_at=[on(4), on(9)])
PAID = table(
    payment_id=["p1", "p2"], paid_at=[on(4), on(9)], lead_id=["1", "2"],
    amount=pa.array([Decimal(100), Decimal(50)], pa.decimal128(18, 2)),
)  # fmt: skip


def made(root, settings=None, **tables):
    workspace = Workspace.init(root / "w", settings or company())
    facts = {"clients": CLIENTS, "leads": LEADS, "stage_moves": MOVES, "payments": PAID} | tables
    workspace.lake.load([FactBatch(name, rows) for name, rows in facts.items()], workspace.company)
    return workspace


@pytest.fixture
def workspace(tmp_path):
    return made(tmp_path)


def asked(workspace, question):
    with workspace.lake.open() as reader:
        return question(reader)


def journeys(workspace):
    question = "SELECT lead_id, client_id, is_repeat, is_counted FROM journeys ORDER BY lead_id NULLS LAST"
    rows = asked(workspace, lambda reader: reader.query(question).to_pylist())
    return {row["lead_id"]: (row["client_id"], row["is_repeat"], row["is_counted"]) for row in rows}


def new_customers(workspace):
    total = asked(
        workspace, lambda reader: economics(reader, Question(), ("new_customers", "sales")).total.figures
    )
    return total["new_customers"].value, total["sales"].value


def test_one_phone_is_an_exact_match_and_names_of_one_city_a_likely_one(workspace):
    found = asked(workspace, queue)
    assert [(match.one, match.other, match.reason) for match in found.exact] == [("c2", "c1", "phone")]
    # token_sort of «ромашка москва» in both orders is 100; +7 111 111 11 11 is no number.
    assert [(match.one, match.other, match.points) for match in found.likely] == [("c4", "c3", 100)]


def test_queue_shows_the_nearest_and_counts_all(tmp_path):
    """Twenty-one namesakes of one city are 21·20/2 pairs."""
    number = 21
    clients = table(client_id=[f"n{n:02}" for n in range(number)], name=["Иван Петров"] * number)
    leads = table(
        lead_id=[f"{n}" for n in range(number)],
        created_at=[on(2)] * number,
        client_id=[f"n{n:02}" for n in range(number)],
        region=["Тверь"] * number,
    )
    found = asked(made(tmp_path, clients=clients, leads=leads), queue)
    assert (len(found.likely), found.likely_count) == (200, 210)


def test_nothing_is_joined_until_somebody_says_so(workspace):
    assert settle(workspace, NOW) is None
    assert journeys(workspace)["2"] == ("c2", False, True)
    assert new_customers(workspace) == (2, 2)


def test_exact_match_is_joined_under_the_oldest_and_its_source_stays(workspace):
    say(workspace, asked(workspace, queue).exact, "same", "alice", NOW)
    assert journeys(workspace)["1"] == ("c1", False, True)
    assert journeys(workspace)["2"] == ("c1", True, True)  # a repeat deal is a new lead of the same client
    assert new_customers(workspace) == (1, 2)
    first = asked(workspace, lambda reader: economics(
        reader, Question(by=("lead_source",)), ("new_customers",)).rows)  # fmt: skip
    assert {row.keys[0]: row.figures["new_customers"].value for row in first} == {"vk": 1, "yandex": 0}
    assert asked(workspace, queue).exact == ()


def test_money_of_one_client_is_first_once(workspace):
    say(workspace, asked(workspace, queue).exact, "same", "alice", NOW)
    rows = asked(workspace, lambda reader: reader.query(
        "SELECT payment_id, is_first FROM receipts ORDER BY payment_id NULLS LAST").to_pylist())  # fmt: skip
    assert rows == [{"payment_id": "p1", "is_first": True}, {"payment_id": "p2", "is_first": False}]


def test_word_taken_back_brings_the_earlier_journeys(workspace):
    before = journeys(workspace)
    match = asked(workspace, queue).exact
    say(workspace, match, "same", "alice", NOW)
    say(workspace, match, "other", "bob", NOW + timedelta(minutes=1))
    assert journeys(workspace) == before
    assert asked(workspace, queue).exact == ()  # judged: not asked again
    (word,) = asked(workspace, words)
    assert (word.verdict, word.said_by, word.reason) == ("other", "bob", "phone")


def test_facts_keep_their_client_and_the_same_load_changes_nothing(workspace):
    say(workspace, asked(workspace, queue).exact, "same", "alice", NOW)
    change = workspace.lake.load([FactBatch("leads", LEADS)], workspace.company)
    assert change.same == {"leads": 4}


def test_leads_loaded_later_follow_the_word(workspace):
    say(workspace, asked(workspace, queue).exact, "same", "alice", NOW)
    late = table(lead_id=["9"], created_at=[on(12)], client_id=["c2"])
    workspace.lake.load([FactBatch("leads", late)], workspace.company)
    assert journeys(workspace)["9"] == ("c1", True, True)


def test_contact_of_many_cards_is_an_office_and_joins_nobody(tmp_path):
    many = table(
        client_id=[f"c{n}" for n in range(6)], name=[f"Имя {n}" for n in range(6)], phone=["8 800 555 35 35"] * 6
    )
    found = asked(made(tmp_path, clients=many), queue)
    assert (found.exact, found.shared_contacts) == ((), 1)


def test_settings_join_exact_matches_after_a_load(tmp_path):
    workspace = made(tmp_path, company(join_exact=True))
    assert settle(workspace, NOW).version == 2
    assert journeys(workspace)["2"][0] == "c1"
    (word,) = asked(workspace, words)
    assert (word.verdict, word.said_by) == ("same", "rule")
    assert settle(workspace, NOW) is None


REPEATS = table(
    lead_id=["a", "b", "c", "d", "e"],
    created_at=[on(2), on(3), on(6), on(7), on(8)],
    client_id=["c1"] * 4 + ["c9"],
    lead_source=["vk", "yandex", "vk", "vk", "vk"],
)
CLOSED = table(lead_id=["a", "c"], stage=["won", "new"], entered_at=[on(5), on(6)])


def test_second_enquiry_while_the_first_is_open_is_its_duplicate_where_the_company_says_so(tmp_path):
    workspace = made(tmp_path, leads=REPEATS, stage_moves=CLOSED)
    found = asked(workspace, second_enquiries)
    # b came while a was open; c came after a was won: a new lead; d came while c is open.
    assert [(match.one, match.other) for match in found] == [("b", "a"), ("d", "c")]
    assert settle(workspace, NOW) is None
    assert [row[2] for row in journeys(workspace).values()] == [True] * 5

    other = made(tmp_path / "other", company(repeat_enquiries="duplicate"), leads=REPEATS, stage_moves=CLOSED)
    settle(other, NOW)
    assert {lead: row[2] for lead, row in journeys(other).items()} == {
        "a": True, "b": False, "c": True, "d": False, "e": True
    }  # fmt: skip
    assert settle(other, NOW) is None
    b = next(word for word in asked(other, words) if word.one == "b")
    say(other, [b], "other", "alice", NOW)
    assert journeys(other)["b"][2]
    assert settle(other, NOW) is None  # a person's word stands over the rule


def test_no_pair_is_refused(workspace):
    with pytest.raises(WrongState, match="nothing-said"):
        say(workspace, [], "same", "alice", NOW)
