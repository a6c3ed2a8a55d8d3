"""How does the product answer the browser? waitress in front, whitenoise for static files, no other server."""

from __future__ import annotations

from pathlib import Path

from smarketing.web.setup import prepare


def serve(workspace: Path, host: str = "127.0.0.1", port: int = 8000, *, threads: int = 8) -> None:
    """Bring the database up to date and serve until interrupted."""
    prepare(workspace)
    import waitress

    from smarketing.web.wsgi import application

    waitress.serve(application, host=host, port=port, threads=threads, ident="smarketing")
