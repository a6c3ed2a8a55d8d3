"""Is the table of roles the one that the pages ask?"""

from __future__ import annotations

import pytest

from smarketing.web.accounts.models import Role, User
from smarketing.web.accounts.rights import Right, may
from tests.docs.pages import read, rows

COLUMNS = (
    Right.SEE_FIGURES, Right.SEE_COMPANY, Right.SEE_PLAN, Right.EDIT_PLAN, Right.CONFIRM_PLAN, Right.ASK,
    Right.ANSWER, Right.SEE_DATA, Right.SEE_PERSONAL, Right.SETTLE_DATA, Right.LOAD_DATA, Right.EDIT_SETTINGS,
    Right.MANAGE_CONNECTIONS, Right.MANAGE_USERS, Right.SEE_AUDIT,
)  # fmt: skip


@pytest.mark.parametrize(("page", "no"), [("docs/guide/roles.md", "no"), ("docs/guide/roles.ru.md", "нет")])
def test_table_of_roles_is_that_of_the_rights(page, no):
    told = [[cell != no for cell in cells[1:]] for cells in rows(read(page))]
    assert told == [[may(User(role=role), right) for right in COLUMNS] for role in Role]
    assert set(COLUMNS) == set(Right)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_roles_have_their_names(language):
    page = "docs/guide/roles.ru.md" if language == "ru" else "docs/guide/roles.md"
    assert [cells[0] for cells in rows(read(page))] == [role.text.say(language) for role in Role]
