"""What does a person say to connect an amoCRM account?"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from smarketing.connectors.amocrm.access import GIVEN, Application, same_account, tokens
from smarketing.connectors.amocrm.actions import CAN, AmoCrmActions
from smarketing.connectors.amocrm.connector import AmoCrm
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.outside.actions import CrmActions
from smarketing.connectors.outside.granting import Grant, Granted, code_of, not_granted, with_query
from smarketing.connectors.outside.kinds import Account, ConnectorKind, FormField, WriterKind
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.language import Text

_APPLICATION = ("client_id", "client_secret")
_NO_ACCESS = Text(
    "Укажите долгосрочный токен или client_id и client_secret приложения.",
    "Give a long-lived token, or client_id and client_secret of an application.",
)
_NO_BACK = Text(
    "amoCRM сверяет адрес возврата. Укажите его: smarketing connection grant КЛЮЧ --back АДРЕС, тот же, что "
    "записан в интеграции.",
    "amoCRM checks the return address. Give it: smarketing connection grant KEY --back ADDRESS, the one written "
    "in the integration.",
)
_HOW = Text(
    "В amoCRM: амоМаркет → «Создать интеграцию» → «Внешняя интеграция». «Ссылка для перенаправления» — адрес "
    "возврата, показанный здесь; доступ к данным аккаунта. client_id (ID интеграции) и client_secret (секретный "
    "ключ) со вкладки «Ключи и доступы» впишите в настройки подключения. Подтверждать доступ — администратору.",
    "In amoCRM: Market → Create integration → Private. The redirect URI is the return address shown here; allow "
    "access to account data. Enter client_id (integration ID) and client_secret (secret key) of “Keys and scopes” "
    "in the connection's settings. An administrator should agree.",
)
_OF_KEYS = Text(
    "Вместо токена: со вкладки «Ключи и доступы» интеграции.",
    "Instead of a token: from “Keys and scopes” of the integration.",
)
_FIELD = Text("Номер, код или название поля карточки.", "Number, code or name of a field of the card.")


def _open(account: Account) -> AmoCrm:
    return AmoCrm(account.base_url, _access(account), Options.model_validate(account.options.model_dump()))


def _access(account: Account) -> str | Application:
    secrets = account.secrets
    if secrets.get("token"):
        return secrets["token"]
    if not all(secrets.get(name) for name in _APPLICATION):
        raise LastingTrouble("no-access", _NO_ACCESS)
    if not all(secrets.get(name) for name in GIVEN):
        raise not_granted()
    return Application(Granted(account), account.base_url)


def _ask(account: Account, state: str, _: str) -> str:
    """The vendor's own page, of the domain where the account lives: there a person chooses it and agrees."""
    host = urlsplit(account.base_url).hostname or ""
    address = f"https://www.{host.partition('.')[2]}/oauth"
    return with_query(address, client_id=account.secrets["client_id"], state=state)


def _take(account: Account, answer: Mapping[str, str], back: str) -> Mapping[str, str]:
    """The tokens of a code. A long-lived token that was entered before gives way: only one of the two is asked."""
    if not back:
        raise LastingTrouble("no-return-address", _NO_BACK)
    proof = {"grant_type": "authorization_code", "code": code_of(answer)}
    same_account(account.base_url, answer)
    return {**tokens(account.base_url, account.secrets, proof, back), "token": ""}


def _open_writer(account: Account) -> CrmActions:
    return AmoCrmActions(_open(account).api)


KIND = ConnectorKind(
    key="amocrm",
    title=Text("amoCRM", "amoCRM (Kommo)"),
    address=Text("Адрес аккаунта: https://имя.amocrm.ru", "The account's address: https://name.amocrm.ru"),
    open=_open,
    fields=(
        FormField(
            "token",
            Text("Долгосрочный токен", "Long-lived token"),
            Text(
                "amoМаркет → «Создать интеграцию» → «Внешняя интеграция» → «Ключи и доступы» → "
                "«Сгенерировать токен».",
                "Market → Create integration → Private → Keys and scopes → Generate a long-lived token.",
            ),
            secret=True,
            required=False,
        ),
        FormField("segment", Text("Поле сегмента", "Field of the segment"), _FIELD, required=False),
        FormField("product", Text("Поле продукта", "Field of the product"), _FIELD, required=False),
        FormField("region", Text("Поле региона", "Field of the region"), _FIELD, required=False),
        FormField(
            "seller_quality", Text("Поле оценки качества", "Field of the quality mark"), _FIELD, required=False
        ),
        FormField(
            "pipelines",
            Text("Воронки", "Pipelines"),
            Text("Номера через запятую; пусто — все.", "Numbers separated by commas; empty takes all."),
            required=False,
            many=True,
        ),
        *(
            FormField(
                name, Text(f"Приложение: {name}", f"Application: {name}"), _OF_KEYS, secret=True, required=False
            )
            for name in _APPLICATION
        ),
    ),
    options=Options,
    minutes=15,
    writer=WriterKind(_open_writer, CAN),
    grant=Grant(_APPLICATION, GIVEN, _ask, _take, _HOW),
)
