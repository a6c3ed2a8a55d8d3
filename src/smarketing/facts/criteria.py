"""What is a target lead, in writing? Ordered, versioned rules over the fields of a lead."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from smarketing.facts.language import Text


class TargetVerdict(StrEnum):
    TARGET = "target"
    NON_TARGET = "non_target"
    UNKNOWN = "unknown"


class Names(BaseModel):
    """A name in both languages as it stands in company.toml; one string means the same in both."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    ru: str
    en: str

    @property
    def text(self) -> Text:
        return Text(self.ru, self.en)


Operation = Literal["is", "is_not", "in", "not_in", "below", "at_least", "contains", "empty", "filled"]
Value = str | int | Decimal | tuple[str, ...] | None


class Condition(BaseModel):
    """One statement about one field: ``{ field = "amount", op = "below", value = 100000 }``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    field: str
    op: Operation = "is"
    value: Value = None


class Rule(BaseModel):
    """A named criterion: all conditions together decide the verdict."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: Names
    verdict: Literal["target", "non_target"]
    when: tuple[Condition, ...] = Field(min_length=1)


class CriteriaVersion(BaseModel):
    """The criteria that judged leads created from ``valid_from`` until the next version begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: str
    valid_from: date
    rules: tuple[Rule, ...] = ()
    otherwise: TargetVerdict = TargetVerdict.TARGET
