"""What does a person say to connect a Bitrix24 portal?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from smarketing.connectors.bitrix24.access import GIVEN, TOKENS_URL, tokens
from smarketing.connectors.bitrix24.actions import Bitrix24Actions
from smarketing.connectors.bitrix24.connector import Bitrix24, by_application, by_webhook
from smarketing.connectors.bitrix24.events import is_ours
from smarketing.connectors.bitrix24.options import Options
from smarketing.connectors.outside.actions import CrmActions
from smarketing.connectors.outside.granting import Grant, Granted, code_of, not_granted, with_query
from smarketing.connectors.outside.kinds import YES_NO, Account, ConnectorKind, FormField, WriterKind
from smarketing.connectors.outside.trouble import LastingTrouble
from smarketing.facts.language import Text, same

_FIELD = Text("Код поля: UF_CRM_1700000001.", "Code of a field: UF_CRM_1700000001.")
_APPLICATION = ("client_id", "client_secret")
_NO_ACCESS = Text(
    "Укажите адрес входящего вебхука или приложение: адрес портала, client_id и client_secret.",
    "Give the address of an inbound webhook or an application: the portal's address, client_id, client_secret.",
)
_NO_PORTAL = Text(
    "Впишите в настройки подключения адрес портала: https://имя.bitrix24.ru.",
    "Enter the portal's address in the connection's settings: https://name.bitrix24.com.",
)
_HOW = Text(
    "На портале: «Разработчикам» → «Другое» → «Локальное приложение», тип «Серверное», права CRM, пользователи, "
    "структура компании, задачи, телефония. «Путь вашего обработчика» — адрес возврата, показанный здесь. "
    "client_id и client_secret из карточки приложения впишите в настройки подключения.",
    "On the portal: Developer resources → Other → Local application, type Server, with CRM, users, departments, "
    "tasks, telephony. “Your handler path” is the return address shown here. Enter client_id and client_secret of "
    "the application's card in the connection's settings.",
)

_MESSAGES = Text(
    "На портале: «Разработчикам» → «Другое» → «Исходящий вебхук». «URL вашего обработчика» — этот адрес; события: "
    "создание, обновление и удаление лидов, сделок, контактов, компаний, создание и обновление дел. «Токен "
    "приложения» оттуда впишите в настройки подключения. Портал должен дойти сюда из интернета по https; если не "
    "может, ничего не нужно: работает расписание.",
    "On the portal: Developer resources → Other → Outbound webhook. The handler is this address; the events: "
    "leads, deals, contacts, companies created, updated and deleted, activities created and updated. Enter the "
    "“application token” from there in the settings. The portal has to reach us from the internet by "
    "https; where it cannot, nothing is to be done: the schedule works.",
)


def _open(account: Account, tokens_url: str = TOKENS_URL) -> Bitrix24:
    options = Options.model_validate(account.options.model_dump())
    secrets = account.secrets
    if secrets.get("webhook"):
        return by_webhook(secrets["webhook"], options)
    if not all(secrets.get(name) for name in _APPLICATION):
        raise LastingTrouble("no-access", _NO_ACCESS)
    if not all(secrets.get(name) for name in GIVEN):
        raise not_granted()
    return by_application(Granted(account), options, tokens_url=tokens_url)


def _open_writer(account: Account, tokens_url: str = TOKENS_URL) -> CrmActions:
    options = Options.model_validate(account.options.model_dump())
    return Bitrix24Actions(_open(account, tokens_url).portal, options.prefix)


def _ask(account: Account, state: str, _: str) -> str:
    portal = Options.model_validate(account.options.model_dump()).portal
    parts = urlsplit(portal if "://" in portal else f"https://{portal}")
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise LastingTrouble("no-portal", _NO_PORTAL)
    address = f"{parts.scheme}://{parts.netloc}/oauth/authorize/"
    return with_query(address, client_id=account.secrets["client_id"], state=state)


def _take(account: Account, answer: Mapping[str, str], _: str, tokens_url: str = TOKENS_URL) -> Mapping[str, str]:
    """The tokens of a code. A webhook that was entered before gives way: only one of the two is asked."""
    proof = {"grant_type": "authorization_code", "code": code_of(answer)}
    return {**tokens(account.secrets, proof, tokens_url=tokens_url), "webhook": ""}


def _verify(form: Mapping[str, str], account: Account) -> bool:
    secrets = account.secrets
    return is_ours(form, secrets.get("event_token", ""), secrets.get("member_id", ""))


_APART = Text("Приложение вместо вебхука", "An application instead of a webhook")
_OWN = Text("Поля портала для отчётов", "Fields of the portal for reports")
_WHAT = Text("Что читать", "What to read")
_HINTS = Text("Сообщения портала об изменениях", "Messages of the portal about changes")


def _field(name: str, ru: str, en: str) -> FormField:
    return FormField(name, Text(ru, en), _FIELD, required=False, group=_OWN)


def _switch(name: str, ru: str, en: str) -> FormField:
    return FormField(name, Text(ru, en), required=False, choices=YES_NO, group=_WHAT)


_FIELDS = (
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
    FormField(
        "portal",
        Text("Адрес портала", "Address of the portal"),
        Text("https://имя.bitrix24.ru", "https://name.bitrix24.com"),
        required=False,
        group=_APART,
    ),
    *(
        FormField(
            name,
            same(name),
            Text("Из карточки локального приложения.", "From the card of the local application."),
            secret=True,
            required=False,
            group=_APART,
        )
        for name in _APPLICATION
    ),
    _field("segment", "Поле сегмента", "Field of the segment"),
    _field("product", "Поле продукта", "Field of the product"),
    _field("region", "Поле региона", "Field of the region"),
    _field("seller_quality", "Поле оценки качества", "Field of the quality mark"),
    _field("deal_loss_field", "Поле причины отказа сделки", "Field of a deal's loss reason"),
    _field("lead_loss_field", "Поле причины отказа лида", "Field of a lead's loss reason"),
    FormField(
        "fields",
        Text("Другие поля", "Other fields"),
        Text(
            "landing=UF_CRM_1, city=UF_CRM_2: слева столбец лида или своё поле, справа код поля портала.",
            "landing=UF_CRM_1, city=UF_CRM_2: a column of the lead or your own field, then the portal's.",
        ),
        required=False,
        pairs=True,
        group=_OWN,
    ),
    _switch("with_products", "Товары сделок", "Products of deals"),
    _switch("with_calls", "Звонки", "Calls"),
    _switch("with_tasks", "Задачи", "Tasks"),
    FormField(
        "event_token",
        Text("Токен исходящего вебхука", "Token of the outgoing webhook"),
        Text(
            "Как его завести, сказано на странице подключения: «Адрес для сообщений системы».",
            "How to make one is told on the connection's page: “Address for the system's messages”.",
        ),
        secret=True,
        required=False,
        group=_HINTS,
    ),
)


def made(tokens_url: str = TOKENS_URL) -> ConnectorKind:
    """The kind, with the address of the vendor's authorisation server."""
    return ConnectorKind(
        key="bitrix24",
        title=Text("Битрикс24", "Bitrix24"),
        asks_address=False,
        open=partial(_open, tokens_url=tokens_url),
        verify=_verify,
        fields=_FIELDS,
        options=Options,
        minutes=15,
        messages=_MESSAGES,
        writer=WriterKind(partial(_open_writer, tokens_url=tokens_url)),
        grant=Grant(_APPLICATION, GIVEN, _ask, partial(_take, tokens_url=tokens_url), _HOW),
    )


KIND = made()
