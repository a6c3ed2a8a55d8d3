"""How does the product answer the browser? waitress in front, whitenoise for static files, a worker beside."""

from __future__ import annotations

import signal
import sys
from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Thread, current_thread, main_thread

from smarketing.jobs.background import Background, working
from smarketing.jobs.workspace import Workspace
from smarketing.web.setup import prepare


def serve(
    workspace: Path, host: str = "127.0.0.1", port: int = 8000, *, threads: int = 8, worker: bool = True
) -> None:
    """Bring the database up to date and serve until interrupted, with the worker unless told otherwise."""
    prepare(workspace)
    import waitress

    from smarketing.web.planning.loaded import note_load
    from smarketing.web.wsgi import application

    Thread(target=warm, name="warm", daemon=True).start()
    _stop_cleanly()
    with working(Background(Workspace(workspace), loaded=note_load)) if worker else nullcontext():
        waitress.serve(application, host=host, port=port, threads=threads, ident="smarketing")


def _stop_cleanly() -> None:
    """A polite kill stops the server as Ctrl+C does, so that the worker comes to a good place first."""
    if current_thread() is main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def warm() -> None:
    """Import the pages and start the engine that draws: else the first reader waits some seconds for both."""
    from smarketing.charts.drawing import inline_svg
    from smarketing.charts.plan_fact import PlanFact, Point, plan_fact
    from smarketing.web import urls  # noqa: F401 - Django imports the pages at the first request

    days = tuple(Point(date(2026, 1, day), Decimal(day)) for day in (1, 2))
    inline_svg(lambda size: plan_fact(PlanFact(days, days, currency="RUB"), size, "en"), "warm")
