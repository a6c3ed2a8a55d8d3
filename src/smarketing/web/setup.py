"""What has to be done before the first page: a workspace with its database, and people who may sign in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smarketing.web.accounts.models import User


def prepare(workspace: Path) -> None:
    """Point Django at a workspace and bring its database up to date; may be called again and again.

    Must be the first Django call of the process: settings are read once.
    """
    workspace.mkdir(parents=True, exist_ok=True)
    os.environ["SMARKETING_HOME"] = str(workspace)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smarketing.web.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    # The file holds password hashes and sessions; the workspace's owner alone reads it.
    database = workspace / "app.sqlite3"
    if database.exists():
        database.chmod(0o600)


def make_user(
    username: str, password: str, *, role: str, name: str = "", person: str = "", language: str = ""
) -> User:
    """A person who may sign in; an existing one gets the new password and role. Call :func:`prepare` first.

    ``person`` is the manager whose leads a seller sees, as ``journeys.manager`` writes it.
    """
    from smarketing.web.accounts.models import Role, User

    user, _ = User.objects.update_or_create(
        username=username,
        defaults={
            "role": Role(role),
            "name": name or username,
            "person": person,
            "language": language,
            "is_active": True,
        },
    )
    user.set_password(password)
    user.save()
    return user
