"""What does a person say to connect a Bitrix24 portal: by an inbound webhook or by a local application?"""

from __future__ import annotations

from collections.abc import Mapping

from smarketing.connectors.bitrix24.access import Tokens
from smarketing.connectors.bitrix24.connector import by_application, by_webhook
from smarketing.connectors.bitrix24.events import is_ours
from smarketing.connectors.bitrix24.options import Options, read_options
from smarketing.connectors.outside.kinds import YES_NO, Account, ConnectorKind, FormField
from smarketing.connectors.outside.streams import Connector
from smarketing.facts.language import Text, same

_FIELD = Text("Код поля портала, например UF_CRM_1700000001.", "Code of a field, such as UF_CRM_1700000001.")
_TOKEN = FormField(
    "webhook_token",
    Text("Токен исходящего вебхука", "Token of the outgoing webhook"),
    Text(
        "Необязателен: с ним сообщения портала приближают загрузку.",
        "May be left out: with it messages of the portal bring the next run forward.",
    ),
    secret=True,
    required=False,
)
_OPTIONS = (
    FormField(
        "fields",
        Text("Поля для отчётов", "Fields for reports"),
        Text(
            "segment=UF_CRM_1, region=UF_CRM_2: слева столбец лида или своё поле, справа код поля портала.",
            "segment=UF_CRM_1, region=UF_CRM_2: a column of the lead or your own field, then the portal's.",
        ),
        required=False,
        pairs=True,
    ),
    FormField(
        "deal_loss_field", Text("Поле причины отказа сделки", "Loss reason of a deal"), _FIELD, required=False
    ),
    FormField(
        "lead_loss_field", Text("Поле причины отказа лида", "Loss reason of a lead"), _FIELD, required=False
    ),
    FormField("competitor_field", Text("Поле конкурента", "Field of the competitor"), _FIELD, required=False),
    FormField("with_calls", Text("Читать звонки", "Read calls"), required=False, choices=YES_NO),
    FormField("with_tasks", Text("Читать задачи", "Read tasks"), required=False, choices=YES_NO),
)


def _options(account: Account) -> Options:
    return read_options(account.options.model_dump())


def _by_webhook(account: Account) -> Connector:
    return by_webhook(account.secrets["webhook"], _options(account))


class _Store:
    """The pair of tokens among the sealed secrets; another run's new pair is seen."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def load(self) -> Tokens:
        known = self._account.reread()
        return Tokens(known["access"], known["refresh"], known["client_endpoint"], known["member_id"])

    def save(self, tokens: Tokens) -> None:
        self._account.keep({"access": tokens.access, "refresh": tokens.refresh})


def _by_application(account: Account) -> Connector:
    known = account.secrets
    return by_application(known["client_id"], known["client_secret"], _Store(account), _options(account))


def _verified(form: Mapping[str, str], account: Account) -> bool:
    return is_ours(form, account.secrets.get("webhook_token", ""), account.secrets.get("member_id", ""))


def _of_application(name: str) -> FormField:
    return FormField(
        name, same(name), Text("Из события установки приложения.", "Of the install event."), secret=True
    )


BY_WEBHOOK = ConnectorKind(
    key="bitrix24",
    title=Text("Битрикс24", "Bitrix24"),
    asks_address=False,
    open=_by_webhook,
    fields=(
        FormField(
            "webhook",
            Text("Адрес входящего вебхука", "Address of an inbound webhook"),
            Text(
                "«Разработчикам» → «Другое» → «Входящий вебхук»; права crm, user, department, task, telephony. "
                "Весь адрес — секрет.",
                "Developer resources → Other → Inbound webhook; scopes crm, user, department, task, telephony. "
                "The whole address is a secret.",
            ),
            secret=True,
        ),
        _TOKEN,
        *_OPTIONS,
    ),
    options=Options,
    minutes=15,
    verify=_verified,
)

BY_APPLICATION = ConnectorKind(
    key="bitrix24_app",
    title=Text("Битрикс24, локальное приложение", "Bitrix24, a local application"),
    asks_address=False,
    open=_by_application,
    fields=(
        *map(_of_application, ("client_id", "client_secret", "access", "refresh", "client_endpoint", "member_id")),
        _TOKEN,
        *_OPTIONS,
    ),
    options=Options,
    minutes=15,
    verify=_verified,
)
