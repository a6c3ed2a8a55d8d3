"""What does a person say to connect a Bitrix24 portal?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from smarketing.connectors.bitrix24.access import Tokens
from smarketing.connectors.bitrix24.actions import Bitrix24Actions
from smarketing.connectors.bitrix24.connector import Bitrix24, by_application, by_webhook
from smarketing.connectors.bitrix24.events import is_ours
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.actions import CrmActions
from smarketing.connectors.outside.kinds import YES_NO, Account, ConnectorKind, FormField, WriterKind
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.language import Text

_FIELD = Text("Код поля: UF_CRM_1700000001.", "Code of a field: UF_CRM_1700000001.")
_APPLICATION = ("client_id", "client_secret", "access_token", "refresh_token", "client_endpoint", "member_id")


class KeptTokens:
    """The pair of an application among the secrets of its connection."""

    def __init__(self, secrets: Mapping[str, str], keep: Callable[[Mapping[str, str]], None]) -> None:
        self._secrets, self._keep = dict(secrets), keep

    def load(self) -> Tokens:
        return Tokens(*(self._secrets[name] for name in _APPLICATION[2:]))

    def save(self, tokens: Tokens) -> None:
        renewed = {
            "access_token": tokens.access,
            "refresh_token": tokens.refresh,
            "client_endpoint": tokens.client_endpoint,
            "member_id": tokens.member_id,
        }
        self._secrets.update(renewed)
        self._keep(dict(self._secrets))


def _open(account: Account) -> Bitrix24:
    options = Options.model_validate(account.options.model_dump())
    secrets = account.secrets
    if secrets.get("webhook"):
        return by_webhook(secrets["webhook"], options)
    if not all(secrets.get(name) for name in _APPLICATION):
        raise LastingTrouble(
            "no-access",
            Text(
                "Укажите адрес входящего вебхука или все шесть значений приложения: "
                + ", ".join(_APPLICATION)
                + ".",
                "Give the address of an inbound webhook or all six values of an application: "
                + ", ".join(_APPLICATION)
                + ".",
            ),
        )
    store = KeptTokens(secrets, account.keep)
    return by_application(secrets["client_id"], secrets["client_secret"], store, options)


def _open_writer(account: Account) -> CrmActions:
    options = Options.model_validate(account.options.model_dump())
    return Bitrix24Actions(_open(account).portal, options.prefix)


def _verify(form: Mapping[str, str], account: Account) -> bool:
    secrets = account.secrets
    return is_ours(form, secrets.get("event_token", ""), secrets.get("member_id", ""))


def _field(name: str, ru: str, en: str) -> FormField:
    return FormField(name, Text(ru, en), _FIELD, required=False)


def _secret(name: str, said: Text) -> FormField:
    """One of the values of an application, which is the second way."""
    return FormField(name, Text(f"Приложение: {name}", f"Application: {name}"), said, secret=True, required=False)


_ONLY_APPLICATION = Text("Только для приложения OAuth.", "For an OAuth application only.")
KIND = ConnectorKind(
    key="bitrix24",
    title=Text("Битрикс24", "Bitrix24"),
    asks_address=False,
    open=_open,
    verify=_verify,
    fields=(
        FormField(
            "webhook",
            Text("Адрес входящего вебхука", "Address of the inbound webhook"),
            Text(
                "От имени администратора: «Разработчикам» → «Другое» → «Входящий вебхук» с правами CRM, "
                "пользователи, структура компании, задачи, телефония. Адрес целиком.",
                "As an administrator: Developer resources → Other → Inbound webhook with CRM, users, departments, "
                "tasks, telephony. The whole address.",
            ),
            secret=True,
            required=False,
        ),
        _field("segment", "Поле сегмента", "Field of the segment"),
        _field("product", "Поле продукта", "Field of the product"),
        _field("region", "Поле региона", "Field of the region"),
        _field("seller_quality", "Поле оценки качества", "Field of the quality mark"),
        _field("deal_loss_field", "Поле причины отказа сделки", "Field of a deal's loss reason"),
        _field("lead_loss_field", "Поле причины отказа лида", "Field of a lead's loss reason"),
        FormField(
            "fields",
            Text("Другие поля для отчётов", "Other fields for reports"),
            Text(
                "landing=UF_CRM_1, city=UF_CRM_2: слева столбец лида или своё поле, справа код поля портала.",
                "landing=UF_CRM_1, city=UF_CRM_2: a column of the lead or your own field, then the portal's.",
            ),
            required=False,
            pairs=True,
        ),
        FormField("with_calls", Text("Читать звонки", "Read calls"), required=False, choices=YES_NO),
        FormField("with_tasks", Text("Читать задачи", "Read tasks"), required=False, choices=YES_NO),
        FormField(
            "event_token",
            Text("Токен исходящего вебхука", "Token of the outgoing webhook"),
            Text("Если портал подсказывает нам об изменениях.", "Where the portal hints at changes."),
            secret=True,
            required=False,
        ),
        *(_secret(name, _ONLY_APPLICATION) for name in _APPLICATION),
    ),
    options=Options,
    minutes=15,
    writer=WriterKind(_open_writer),
)
