"""What must a person say about their portal, because nobody else can know it?

All of it has a default: a connection works before anybody has answered.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from smarketing.facts.errors import WrongSetting
from smarketing.facts.language import Text
from smarketing.facts.tables import LEADS

# Columns of a lead that a field of the portal may fill; any other name becomes a custom field.
COLUMNS = ("segment", "product", "region", "seller_quality", "landing", "hypothesis")


class Options(BaseModel):
    """The options of one connection. Fields of the portal are named as it names them: ``UF_CRM_1700000001``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    prefix: str = ""  # before ids of leads and clients, where a company has two portals
    fields: dict[str, str] = {}  # our column or custom field → the portal's field, on the deal or else the lead
    lead_loss_field: str = ""
    deal_loss_field: str = ""
    competitor_field: str = ""
    loss_stages: bool = True  # the name of the losing stage is the reason where no field gives one
    departments: dict[str, tuple[int, ...]] = {}  # sales, marketing → departments of the portal
    test_words: tuple[str, ...] = ()  # a title of such words alone is a test, beside our own list
    with_calls: bool = True
    with_tasks: bool = True
    webhook_token: str = Field(default="", repr=False)  # application_token of the outgoing webhook


def read_options(content: dict[str, object]) -> Options:
    """Raises :class:`WrongSetting` that names every wrong place."""
    try:
        options = Options.model_validate(content)
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise _wrong(places) from None
    taken = set(LEADS.names) - set(COLUMNS)
    if wrong := sorted(set(options.fields) & taken):
        raise _wrong(f"fields.{wrong[0]}")
    return options


def _wrong(places: str) -> WrongSetting:
    return WrongSetting(
        "bad-connection-options",
        Text(f"Ошибка в настройках подключения: {places}", f"Wrong in the connection's options: {places}"),
    )
