"""What must a person say about their portal, because nobody else can know it?

All of it has a default: a connection works before anybody has answered.
"""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from smarketing.facts.tables import LEADS

# Columns of a lead that a field of the portal may fill; any other name becomes a custom field.
COLUMNS = ("segment", "product", "region", "seller_quality", "landing", "hypothesis")


class Options(BaseModel):
    """The options of one connection. Fields of the portal are named as it names them: ``UF_CRM_1700000001``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    portal: str = ""  # its address, where an application asks instead of a webhook
    prefix: str = ""  # before ids of leads and clients, where a company has two portals
    # The portal's field of a column, on the deal or else the lead.
    segment: str = ""
    product: str = ""
    region: str = ""
    seller_quality: str = ""
    fields: dict[str, str] = {}  # the same for any column or custom field
    lead_loss_field: str = ""
    deal_loss_field: str = ""
    competitor_field: str = ""
    loss_stages: bool = True  # the name of the losing stage is the reason where no field gives one
    departments: dict[str, tuple[int, ...]] = {}  # sales, marketing → departments of the portal
    test_words: tuple[str, ...] = ()  # a title of such words alone is a test, beside our own list
    with_products: bool = True
    with_calls: bool = True
    with_tasks: bool = True

    @model_validator(mode="after")
    def _columns_are_free(self) -> Self:
        taken = sorted(set(self.fields) & (set(LEADS.names) - set(COLUMNS)))
        if taken:
            raise ValueError(f"fields.{taken[0]}: this column is filled by the connector")
        return self

    @property
    def mapped(self) -> dict[str, str]:
        """Our column or custom field → the portal's field."""
        named = {column: getattr(self, column) for column in COLUMNS[:4]}
        return {**{column: field for column, field in named.items() if field}, **self.fields}
