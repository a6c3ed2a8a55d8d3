"""What does a person say to connect an account of Yandex.Direct?"""

from __future__ import annotations

from smarketing.connectors.outside.kinds import Account, ConnectorKind, FormField
from smarketing.connectors.outside.spend import ACCOUNT_FIELDS
from smarketing.connectors.outside.streams import Connector
from smarketing.connectors.yandex_direct.connector import Options, YandexDirect
from smarketing.facts.language import Text


def _open(account: Account) -> Connector:
    options = Options.model_validate(account.options.model_dump())
    return YandexDirect(account.base_url, account.secrets["token"], options)


KIND = ConnectorKind(
    key="yandex_direct",
    title=Text("Яндекс Директ", "Yandex.Direct"),
    base_url="https://api.direct.yandex.com",
    asks_address=False,
    open=_open,
    fields=(
        FormField(
            "token",
            Text("OAuth-токен", "OAuth token"),
            Text(
                "Токен приложения, которому открыт доступ к API Директа.",
                "Of an application that has access to the Direct API.",
            ),
            secret=True,
        ),
        FormField(
            "login",
            Text("Логин клиента", "Login of the client"),
            Text("Нужен агентству.", "An agency needs it."),
            required=False,
        ),
        FormField(
            "goals",
            Text("Цели, которые значат лид", "Goals that stand for a lead"),
            Text(
                "Номера через запятую; без них лиды из кабинета не читаются.",
                "Numbers separated by commas; without them no leads are read from the account.",
            ),
            required=False,
            many=True,
        ),
        *ACCOUNT_FIELDS,
    ),
    options=Options,
    minutes=6 * 60,
    tells_time=False,
)
