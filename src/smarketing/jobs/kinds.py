"""Which kinds of systems can be connected? One line each."""

from __future__ import annotations

from smarketing.connectors.amocrm import kind as amocrm
from smarketing.connectors.bitrix24 import kind as bitrix24
from smarketing.connectors.outside.kinds import ConnectorKind
from smarketing.connectors.vk_ads import kind as vk_ads
from smarketing.connectors.yandex_direct import kind as yandex_direct
from smarketing.connectors.yandex_metrica import kind as yandex_metrica
from smarketing.facts.errors import WrongQuestion, did_you_mean
from smarketing.facts.language import Text

KINDS: dict[str, ConnectorKind] = {
    kind.key: kind
    for kind in (
        bitrix24.KIND,
        amocrm.KIND,
        vk_ads.KIND,
        yandex_direct.KIND,
        yandex_metrica.KIND,
    )
}


def kind_of(key: str) -> ConnectorKind:
    """The kind with this key; raises :class:`WrongQuestion` that names the nearest one."""
    if key in KINDS:
        return KINDS[key]
    hint = did_you_mean(key, KINDS)
    raise WrongQuestion(
        "unknown-kind",
        Text(f"Вида подключений «{key}» нет. {hint.ru}", f"There is no kind of connection “{key}”. {hint.en}"),
    )
