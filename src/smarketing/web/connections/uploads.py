"""Where do uploaded files wait between the steps of the wizard? A folder for each, under a name nobody chose."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404

from smarketing.jobs.workspace import Workspace

_TOKEN = re.compile(r"[0-9a-f]{16}\Z")
_UNSAFE = re.compile(r"[^\w.\- ()№]+")


def keep(workspace: Workspace, files: list[UploadedFile[Any]]) -> str:
    """Write the files down and give the token of their folder."""
    token = secrets.token_hex(8)
    folder = workspace.uploads_path / token
    folder.mkdir(parents=True)
    for file in files:
        with (folder / safe_name(file.name or "")).open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
    return token


def waiting(workspace: Workspace, token: str) -> list[Path]:
    """The files of an upload; 404 for a token that was never given."""
    folder = workspace.uploads_path / token
    if not _TOKEN.match(token) or not folder.is_dir():
        raise Http404
    return sorted(path for path in folder.iterdir() if path.is_file())


def safe_name(name: str) -> str:
    """The last part of a name with nothing that could leave the folder or hide in it.

    >>> safe_name("../../etc/leads №1.csv"), safe_name("..")
    ('leads №1.csv', 'file')
    """
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(".").strip()
    return plain[-120:] or "file"
