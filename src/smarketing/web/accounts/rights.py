"""Who may do what? The one list of rights; pages ask it and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from smarketing.facts.company import Zone
from smarketing.facts.errors import WrongState
from smarketing.facts.language import Text
from smarketing.web.accounts.models import Role, User

Whoever = User | AnonymousUser


class Right(StrEnum):
    SEE_FIGURES = "see_figures"
    SEE_COMPANY = "see_company"  # what is said of the company as a whole: diagnosis, focus
    ASK = "ask"  # write down that a head was asked
    ANSWER = "answer"  # write down what was answered; heads only of their own zone, as ``zones`` says
    SEE_PLAN = "see_plan"
    EDIT_PLAN = "edit_plan"
    CONFIRM_PLAN = "confirm_plan"  # for one's own department
    SEE_DATA = "see_data"  # loads, quarantine, mappings
    SEE_PERSONAL = "see_personal"  # what a file or a card says of a person: values of quarantined rows
    SETTLE_DATA = "settle_data"  # say which campaign names and which clients are one
    LOAD_DATA = "load_data"
    EDIT_SETTINGS = "edit_settings"  # of the company: stages, hours, criteria, limits
    MANAGE_CONNECTIONS = "manage_connections"
    MANAGE_USERS = "manage_users"
    SEE_AUDIT = "see_audit"


_EVERYONE = frozenset(Role)
# A head confirms for one department alone, and nobody confirms for a head.
_HEADS: dict[Role, Zone] = {Role.HEAD_MARKETING: Zone.MARKETING, Role.HEAD_SALES: Zone.SALES}
_RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SEE_FIGURES: _EVERYONE,
    Right.SEE_COMPANY: _EVERYONE - {Role.SELLER},
    Right.ASK: frozenset({Role.FOUNDER}),
    Right.ANSWER: frozenset({Role.FOUNDER, Role.HEAD_MARKETING, Role.HEAD_SALES}),
    Right.SEE_PLAN: _EVERYONE - {Role.SELLER},
    Right.EDIT_PLAN: frozenset({Role.FOUNDER, *_HEADS}),
    Right.CONFIRM_PLAN: frozenset(_HEADS),
    Right.SEE_DATA: _EVERYONE - {Role.SELLER},
    Right.SEE_PERSONAL: frozenset({Role.FOUNDER, Role.HEAD_MARKETING, Role.HEAD_SALES, Role.ADMINISTRATOR}),
    Right.SETTLE_DATA: frozenset({Role.FOUNDER, Role.HEAD_MARKETING, Role.HEAD_SALES, Role.ADMINISTRATOR}),
    Right.LOAD_DATA: frozenset({Role.ADMINISTRATOR}),
    Right.EDIT_SETTINGS: frozenset({Role.FOUNDER, Role.ADMINISTRATOR}),
    Right.MANAGE_CONNECTIONS: frozenset({Role.ADMINISTRATOR}),
    Right.MANAGE_USERS: frozenset({Role.ADMINISTRATOR}),
    Right.SEE_AUDIT: frozenset({Role.ADMINISTRATOR, Role.FOUNDER}),
}


_DEPARTMENTS = {
    Role.HEAD_MARKETING: Zone.MARKETING,
    Role.MARKETER: Zone.MARKETING,
    Role.HEAD_SALES: Zone.SALES,
    Role.SELLER: Zone.SALES,
}


def may(user: Whoever, right: Right) -> bool:
    return isinstance(user, User) and user.is_active and user.role in _RIGHTS[right]


def zones(user: Whoever) -> frozenset[Zone]:
    """Whose questions this person reads: a department its own and those of both, the others everybody's."""
    own = _DEPARTMENTS.get(Role(user.role)) if isinstance(user, User) else None
    return frozenset(Zone) if own is None else frozenset({own, Zone.JOINT, Zone.COMPANY})


def department_of(user: Whoever) -> Zone | None:
    """The department that this person heads."""
    return _HEADS.get(Role(user.role)) if isinstance(user, User) and user.is_active else None


def scope(user: Whoever) -> Mapping[str, tuple[str, ...]]:
    """The filter that every question of this person carries: a seller sees own leads, others everything.

    Raises :class:`WrongState` for a seller of whom nobody has said which manager it is: an empty filter would
    show the whole company.
    """
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied
    if user.role != Role.SELLER:
        return {}
    if not user.person:
        raise WrongState(
            "seller-without-person",
            Text(
                "Не указано, под каким именем сделки менеджера стоят в CRM. Имя добавляет администратор.",
                "It is not said under which name this seller's leads stand in the CRM. An administrator adds it.",
            ),
        )
    return {"manager": (user.person,)}


_View = Callable[..., HttpResponse]


def needs(right: Right) -> Callable[[_View], _View]:
    """A page for those with the right; others get 403. Signing in itself is the middleware's concern."""

    def around(view: _View) -> _View:
        @wraps(view)
        def checked(request: HttpRequest, **path: Any) -> HttpResponse:
            if not may(request.user, right):
                raise PermissionDenied
            return view(request, **path)

        return checked

    return around
