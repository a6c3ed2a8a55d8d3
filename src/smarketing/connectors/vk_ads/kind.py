"""What does a person say to connect a cabinet of VK Ads?"""

from __future__ import annotations

from smarketing.connectors.outside.kinds import YES_NO, Account, ConnectorKind, FormField
from smarketing.connectors.outside.spend import ACCOUNT_FIELDS
from smarketing.connectors.outside.streams import Connector
from smarketing.connectors.vk_ads.connector import Options, VkAds
from smarketing.facts.language import Text

_WHERE = Text(
    "Кабинет → «Настройки» → «Доступ к API».",
    "The cabinet → Settings → API access.",
)


def _open(account: Account) -> Connector:
    options = Options.model_validate(account.options.model_dump())
    return VkAds(account.base_url, account.secrets["client_id"], account.secrets["client_secret"], options)


KIND = ConnectorKind(
    key="vk_ads",
    title=Text("VK Реклама", "VK Ads"),
    base_url="https://ads.vk.com",
    asks_address=False,
    open=_open,
    fields=(
        FormField("client_id", Text("client_id", "client_id"), _WHERE, secret=True),
        FormField("client_secret", Text("client_secret", "client_secret"), _WHERE, secret=True),
        FormField(
            "cost_includes_vat",
            Text("Расход показан с НДС", "Costs come with VAT"),
            Text("Зависит от договора.", "It depends on the contract."),
            choices=YES_NO,
        ),
        FormField(
            "goals_are_leads",
            Text("Результаты кампаний — лиды", "Results of campaigns are leads"),
            required=False,
            choices=YES_NO,
        ),
        *ACCOUNT_FIELDS,
    ),
    options=Options,
    minutes=6 * 60,
    tells_time=False,
)
