"""The command line for who has the package and not its script on the path: ``python -m smarketing``."""

from __future__ import annotations

from smarketing.cli.main import app

app(prog_name="smarketing")
