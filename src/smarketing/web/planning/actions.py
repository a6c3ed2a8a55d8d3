"""What is done with a plan: saved as a version, confirmed by a head; both are written down in the audit log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from smarketing.analyses.planning.numbers import Numbers
from smarketing.analyses.planning.record import Origin
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.facts.period import Month
from smarketing.jobs.planning import Saved, Signature, confirm_plan, save_plan
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.actions import audit, note_failure
from smarketing.web.accounts.models import User
from smarketing.web.accounts.rights import department_of


def save(
    workspace: Workspace, user: User, plans: Mapping[Month, Numbers], *, why: str, origin: Origin,
    seen: Mapping[Month, int],
) -> Saved:  # fmt: skip
    """New versions of the months that differ."""
    signature = Signature(user.username, datetime.now(UTC), origin, why)
    saved = save_plan(workspace, plans, signature, seen=seen)
    note_saved(user, saved.versions, origin=origin, why=why)
    return saved


def note_saved(
    user: User | None, versions: Mapping[Month, int], *, origin: Origin, why: str | None = None
) -> None:
    """Write new versions down; nothing where there is none."""
    for month, version in versions.items():
        audit(user, "plan_saved", str(month), plan_version=version, origin=origin.value, why=why or "")


def confirm(
    workspace: Workspace, user: User, months: Sequence[Month], seen: Mapping[Month, int]
) -> tuple[Month, ...]:
    """Confirm for the department that this person heads; returns the months that were not confirmed yet.

    Errors: :class:`WrongState` for a person who heads neither department.
    """
    department = department_of(user)
    if department is None:
        raise WrongState(
            "no-head",
            Text(
                "План подтверждают руководитель маркетинга и руководитель продаж, каждый за свой отдел.",
                "The head of marketing and the head of sales confirm the plan, each for one department.",
            ),
        )
    fresh = confirm_plan(workspace, months, department, user.username, seen=seen)
    for month in fresh:
        audit(user, "plan_confirmed", str(month), plan_version=seen.get(month, ""), department=department.value)
    return fresh


def signed(username: str, password: str) -> User:
    """The active person of this name and password, for a terminal.

    Errors: :class:`WrongState` where there is none, without saying which of the two was wrong.
    """
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None or not user.check_password(password):
        note_failure(username, "terminal")
        raise WrongState("wrong-sign-in", Text("Имя или пароль неверны.", "Wrong name or password."))
    return user
