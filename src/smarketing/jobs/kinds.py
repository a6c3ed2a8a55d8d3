"""Which kinds of systems can be connected? One line each."""

from __future__ import annotations

from smarketing.connectors.amocrm import kind as amocrm
from smarketing.connectors.outside.kinds import ConnectorKind
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text

KINDS: dict[str, ConnectorKind] = {kind.key: kind for kind in (amocrm.KIND,)}


def kind_of(key: str) -> ConnectorKind:
    """The kind with this key; raises :class:`WrongQuestion` that names the nearest one."""
    if key in KINDS:
        return KINDS[key]
    hint = did_you_mean(key, KINDS)
    raise WrongQuestion(
        "unknown-kind",
        Text(f"Вида подключений «{key}» нет. {hint.ru}", f"There is no kind of connection “{key}”. {hint.en}"),
    )
