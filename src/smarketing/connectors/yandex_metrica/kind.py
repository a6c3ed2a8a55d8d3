"""What does a person say to connect a counter of Yandex.Metrica?"""

from __future__ import annotations

from smarketing.connectors.outside.kinds import YES_NO, Account, ConnectorKind, FormField
from smarketing.connectors.outside.streams import Connector
from smarketing.connectors.yandex_metrica.connector import Options, YandexMetrica
from smarketing.facts.language import Text


def _open(account: Account) -> Connector:
    options = Options.model_validate(account.options.model_dump())
    return YandexMetrica(account.base_url, account.secrets["token"], options)


KIND = ConnectorKind(
    key="yandex_metrica",
    title=Text("Яндекс Метрика", "Yandex.Metrica"),
    base_url="https://api-metrika.yandex.net",
    asks_address=False,
    open=_open,
    fields=(
        FormField(
            "token",
            Text("OAuth-токен", "OAuth token"),
            Text("Токен, которому открыт счётчик.", "A token that may read the counter."),
            secret=True,
        ),
        FormField("counter", Text("Номер счётчика", "Number of the counter")),
        FormField(
            "direct",
            Text("Брать визиты без источника", "Take visits without any source"),
            required=False,
            choices=YES_NO,
        ),
    ),
    options=Options,
    minutes=12 * 60,
    tells_time=False,
)
