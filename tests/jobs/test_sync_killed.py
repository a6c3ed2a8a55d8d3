"""Killed at any moment and run again: the same facts as if nothing had happened."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import time
from datetime import UTC, datetime
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from smarketing.facts.company import Company
from smarketing.jobs.workspace import Workspace
from tests.support.connected import KEY, connect, facts_of
from tests.support.toy import Portal, Shop

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
KILLS = 50
MOMENTS = frozenset({"лиды", "переходы", "Записываем факты"})


def run(root: Path) -> None:
    """One run in a process of its own."""
    from smarketing.jobs.kinds import KINDS
    from smarketing.jobs.sync import Wish, sync
    from tests.support.toy import TOY

    os.environ["SMARKETING_KEY"] = KEY
    KINDS["toy"] = TOY
    assert sync(Workspace(root), "toy", now=NOON, wish=Wish(sweep=True)).outcome == "done"


def day_of(shop: Shop, dice: random.Random) -> None:
    """Something happens in the CRM: new leads, moves, a deletion."""
    for _ in range(6):
        shop.lead(dice.choice(["site", "yandex", "vk"]))
    for number in dice.sample(sorted(shop.leads), 5):
        shop.move(number, dice.choice(["talk", "won", "lost"]))
    shop.delete(dice.choice(sorted(shop.leads)))


def test_killed_fifty_times_at_random_moments_gives_equal_facts(
    tmp_path: Path, toy_kind: None, portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # the server of forks starts with an own path
    dice, shop = random.Random(4), portal.shop  # noqa: S311 - a seeded die, no secret
    torn = Workspace.init(tmp_path / "torn", Company(zone="UTC"))
    connect(torn, portal, page=10)
    day_of(shop, dice)
    day_of(shop, dice)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["smarketing.jobs.sync", "tests.support.connected"])
    longest = lasting(processes, torn.root)  # as long as a run takes on this machine now
    kills, struck = 0, set[str]()
    while kills < KILLS or not struck >= MOMENTS:
        process = processes.Process(target=run, args=(torn.root,))
        process.start()
        if kills < KILLS:
            process.join(dice.uniform(0.02, longest))
        else:  # chance has passed by a moment that matters, as it does on a slow machine: wait for it
            await_moment(process, torn, MOMENTS - struck)
        if process.exitcode is None:
            process.kill()
            process.join()
            kills += 1
            struck.add(_at(torn))
        else:
            assert process.exitcode == 0
            day_of(shop, dice)  # the next runs have something to do again
    last = processes.Process(target=run, args=(torn.root,))
    last.start()
    last.join()
    assert last.exitcode == 0

    calm = Workspace.init(tmp_path / "calm", Company(zone="UTC"))
    connect(calm, portal, page=10)
    run(calm.root)
    assert alive(torn) == alive(calm)
    assert len(alive(calm)["leads"]) >= 10


def await_moment(process: ForkServerProcess, workspace: Workspace, moments: frozenset[str]) -> None:
    """Returns when the run is at one of the moments, or has ended."""
    while process.exitcode is None and _at(workspace) not in moments:
        process.join(0.001)


def lasting(processes: ForkServerContext, root: Path) -> float:
    """Seconds that an undisturbed run takes."""
    began = time.monotonic()
    process = processes.Process(target=run, args=(root,))
    process.start()
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - began


def _at(workspace: Workspace) -> str:
    """What the killed run was at."""
    path = workspace.connection_folder("toy") / ".doing.json"
    return str(json.loads(path.read_text("utf-8"))["text"]["ru"]) if path.exists() else ""


def alive(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """The facts of leads that still exist: what was deleted before the calm run began, it has never seen."""
    found = facts_of(workspace)
    gone = {row[0] for row in found["leads"] if row[4] is not None}
    existing = {row[0] for row in found["leads"]} - gone
    return {name: [row for row in rows if row[0] in existing] for name, rows in found.items()}
