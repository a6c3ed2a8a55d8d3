"""What does a person say to connect an amoCRM account?"""

from __future__ import annotations

from smarketing.connectors.amocrm.actions import CAN, AmoCrmActions
from smarketing.connectors.amocrm.connector import AmoCrm
from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.outside.actions import CrmActions
from smarketing.connectors.outside.kinds import Account, ConnectorKind, FormField, WriterKind
from smarketing.facts.language import Text

_FIELD = Text("Номер, код или название поля карточки.", "Number, code or name of a field of the card.")


def _open(account: Account) -> AmoCrm:
    options = Options.model_validate(account.options.model_dump())
    return AmoCrm(account.base_url, account.secrets["token"], options)


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
    ),
    options=Options,
    minutes=15,
    writer=WriterKind(_open_writer, CAN),
)
