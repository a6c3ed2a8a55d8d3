"""How fast and how lean is a full load? ``python -m tests.support.bitrix24_bench 100000 70000``

The fake portal, its limits switched off, runs in a process of its own; so do the load and the making of facts, so
that peak memory belongs to each of them. It prints what docs/developing/bench.md tells.
"""
# ruff: noqa: T201

from __future__ import annotations

import multiprocessing as mp
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def serve(leads: int, deals: int, pipe: Any) -> None:
    from tests.support.bitrix24_portal import FakePortal
    from tests.support.bitrix24_server import Server
    from tests.support.bitrix24_world import World

    portal = FakePortal()
    World(portal).fill(leads, deals)
    server = Server(portal).__enter__()
    pipe.send((server.server_port, sum(len(table.rows) for table in portal.tables.values())))
    pipe.recv()


def load(port: int, path: Path, pipe: Any) -> None:
    from smarketing.connectors.outside.mirror import Kept, Mirror

    connector = _connector(port)
    mirror = Mirror(path)
    kept = Kept()
    started, base = time.monotonic(), _peak()
    for stream in connector.streams:
        for page in connector.walk(stream.name, mirror.cursor(stream.name), now=NOW):
            kept += mirror.keep(page, NOW)
        print(f"  {stream.name}: {mirror.counts().get(stream.name, 0)}, peak {_peak():.0f} MiB", flush=True)
    seconds = time.monotonic() - started
    pipe.send((kept.received, seconds, connector.portal.traffic.requests, base, _peak()))


def make_facts(port: int, path: Path, pipe: Any) -> None:
    from smarketing.connectors.outside.mirror import Mirror
    from smarketing.facts.company import Company, parse_company

    connector = _connector(port)
    mirror = Mirror(path)
    company = parse_company(dict(connector.settings(mirror, Company())))
    rows, started, base = 0, time.monotonic(), _peak()
    for tables in connector.facts(mirror, company, after=0, upto=mirror.position, now=NOW):
        rows += sum(table.num_rows for table in tables.values())
    pipe.send((rows, time.monotonic() - started, 0, base, _peak()))


def _connector(port: int) -> Any:
    from smarketing.connectors.bitrix24.access import Webhook
    from smarketing.connectors.bitrix24.client import Portal
    from smarketing.connectors.bitrix24.connector import Bitrix24
    from smarketing.connectors.outside.pace import Pace
    from tests.support.bitrix24_portal import CODE

    home = f"http://127.0.0.1:{port}"
    return Bitrix24(Portal(Webhook(f"{home}/rest/1/{CODE}/"), pace=Pace(1e6, 1e6)), home=home)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _alone(context: Any, work: Callable[..., None], *given: Any) -> Any:
    mine, theirs = context.Pipe()
    process = context.Process(target=work, args=(*given, theirs))
    process.start()
    told = mine.recv()
    process.join()
    return told


def main(leads: int, deals: int) -> None:
    context = mp.get_context("spawn")
    mine, theirs = context.Pipe()
    portal = context.Process(target=serve, args=(leads, deals, theirs))
    portal.start()
    port, there = mine.recv()
    print(f"{leads} leads, {deals} deals, {there} records in all", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mirror.sqlite3"
        for what, work in (("load", load), ("load again", load), ("facts", make_facts)):
            rows, seconds, requests, base, peak = _alone(context, work, port, path)
            print(
                f"{what}: {rows} rows, {seconds:.0f} s, {rows / max(seconds, 1e-9):.0f} rows/s, "
                f"{requests} requests, memory {base:.0f} → {peak:.0f} MiB",
                flush=True,
            )
        print(f"mirror: {path.stat().st_size / 2**20:.0f} MiB")
    mine.send(None)
    portal.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
