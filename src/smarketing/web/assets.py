"""Under which address does a browser get a static file? One that changes with the content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class StampedStorage(StaticFilesStorage):
    """``app.css`` → ``/static/smarketing/app.css?v=1f2e3d4c``; needs no collecting of files before a start."""

    def url(self, name: str | None) -> str:
        plain = super().url(name)
        stamp = _stamp(name or "")
        return f"{plain}?v={stamp}" if stamp else plain


@lru_cache
def _stamp(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return hashlib.blake2s(Path(found).read_bytes(), digest_size=4).hexdigest()
