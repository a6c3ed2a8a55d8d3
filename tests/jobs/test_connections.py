"""What is connected: written for a person to read, its secrets apart."""

from __future__ import annotations

import pytest

from smarketing.connectors.outside.kinds import Connection
from smarketing.facts.errors import WrongQuestion, WrongSetting, WrongState
from smarketing.jobs.connections import Connections
from smarketing.jobs.standing import Desk
from smarketing.jobs.workspace import Workspace
from smarketing.lake.lock import holding
from tests.support.connected import connect
from tests.support.toy import TOKEN, Portal


def test_connection_comes_back_as_it_was_set(connected: Workspace, portal: Portal) -> None:
    (found,) = Connections(connected).all()
    assert found == Connection(
        key="toy", kind="toy", title="Касса", base_url=portal.url, minutes=15, options={}
    )  # fifty records on a page is what the kind takes anyway
    assert Connections(connected).account("toy").secrets == {"token": TOKEN}


def test_no_file_of_the_workspace_holds_the_secret(connected: Workspace) -> None:
    files = [path for path in connected.root.rglob("*") if path.is_file()]
    assert connected.secrets_path in files
    assert [path.name for path in files if TOKEN.encode() in path.read_bytes()] == []


def test_options_are_checked_by_the_kind(connected: Workspace, portal: Portal) -> None:
    connections = Connections(connected)
    with pytest.raises(WrongSetting, match="bad-connection"):
        connections.add(
            Connection(key="b", kind="toy", title="Б", base_url=portal.url, options={"page": 0}), {"token": "x"}
        )
    with pytest.raises(WrongSetting) as caught:
        connections.add(Connection(key="b", kind="toy", title="Б", base_url=portal.url), {})
    assert "Ключ доступа" in caught.value.text.ru
    with pytest.raises(WrongSetting):
        connections.add(Connection(key="b", kind="toy", title="Б"), {"token": "x"})
    assert [one.key for one in connections.all()] == ["toy"]


def test_same_key_twice_keeps_the_first_with_its_secret(connected: Workspace, portal: Portal) -> None:
    with pytest.raises(WrongQuestion, match="connection-exists"):
        Connections(connected).add(
            Connection(key="toy", kind="toy", title="Другая", base_url=portal.url), {"token": "other"}
        )
    assert Connections(connected).get("toy").title == "Касса"
    assert Connections(connected).account("toy").secrets == {"token": TOKEN}


def test_unknown_names_are_told_with_the_nearest(connected: Workspace) -> None:
    with pytest.raises(WrongQuestion) as caught:
        Connections(connected).get("tou")
    assert "toy" in caught.value.text.en
    with pytest.raises(WrongQuestion, match="unknown-kind"):
        Connections(connected).add(Connection(key="b", kind="toi", title="Б"), {})


def test_renewed_secret_is_kept(connected: Workspace) -> None:
    Connections(connected).account("toy").keep({"token": "renewed"})
    assert Connections(connected).account("toy").secrets == {"token": "renewed"}


def test_connection_is_not_removed_under_a_run(connected: Workspace) -> None:
    desk = Desk(connected, "toy")
    desk.folder.mkdir(parents=True)
    with holding(desk.lock_path, 0), pytest.raises(WrongState, match="sync-running"):
        Connections(connected).remove("toy")
    assert [one.key for one in Connections(connected).all()] == ["toy"]


def test_removed_connection_leaves_no_secret_and_no_records(connected: Workspace, portal: Portal) -> None:
    connections = Connections(connected)
    connected.connection_folder("toy").mkdir(parents=True)
    connections.remove("toy")
    assert connections.all() == ()
    assert connections.secret_names("toy") == ()
    assert not connected.connection_folder("toy").exists()
    connect(connected, portal)
    assert [one.key for one in connections.all()] == ["toy"]
