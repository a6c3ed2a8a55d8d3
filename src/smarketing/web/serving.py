"""How does the product answer the browser? waitress in front, whitenoise for static files, no other server."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Thread

from smarketing.web.setup import prepare


def serve(workspace: Path, host: str = "127.0.0.1", port: int = 8000, *, threads: int = 8) -> None:
    """Bring the database up to date and serve until interrupted."""
    prepare(workspace)
    import waitress

    from smarketing.web.wsgi import application

    Thread(target=warm, name="warm", daemon=True).start()
    waitress.serve(application, host=host, port=port, threads=threads, ident="smarketing")


def warm() -> None:
    """Import the pages and start the engine that draws: else the first reader waits some seconds for both."""
    from smarketing.charts.drawing import inline_svg
    from smarketing.charts.plan_fact import PlanFact, Point, plan_fact
    from smarketing.web import urls  # noqa: F401 - Django imports the pages at the first request

    days = tuple(Point(date(2026, 1, day), Decimal(day)) for day in (1, 2))
    inline_svg(lambda size: plan_fact(PlanFact(days, days, currency="RUB"), size, "en"), "warm")
