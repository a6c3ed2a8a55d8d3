"""What is compared: a day of a campaign in the report and in the CRM, and by which causes do they differ?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from smarketing.facts.language import Text

TOLERATED_SHARE = 0.05  # methods.md j
TOLERATED_LEADS = 3


class Cause(StrEnum):
    """Why a lead stands on one side only, the surest first."""

    DUPLICATE = "duplicate"
    EXISTING_CLIENT = "existing_client"
    TEST = "test"
    RENAMED = "renamed"
    NO_SOURCE = "no_source"
    DAY_BORDER = "day_border"
    DELAYED = "delayed"
    NOT_DELIVERED = "not_delivered"
    UNMATCHED = "unmatched"


class Report(StrEnum):
    """Which report of marketing: submissions with ids, the ad account's own count, or a typed figure."""

    FORMS = "forms"
    ACCOUNT = "account"
    TYPED = "typed"


REPORT_NAMES: Mapping[Report, Text] = {
    Report.FORMS: Text("заявки с форм, поимённо", "form submissions, lead by lead"),
    Report.ACCOUNT: Text("рекламный кабинет", "ad account"),
    Report.TYPED: Text("цифры из отчёта маркетинга", "figures of marketing's report"),
}


@dataclass(frozen=True)
class Place:
    """Where a lead is counted. ``day`` is None in a report by months, ``month`` is yyyymm."""

    month: int
    day: date | None
    lead_source: str | None
    campaign: str | None

    @property
    def order(self) -> tuple[int, str, str, str]:
        return self.month, str(self.day or ""), self.lead_source or "", self.campaign or ""


@dataclass(frozen=True)
class Count:
    """What the CRM holds in a place. ``counted`` enter figures; the other three are rows that do not.

    ``early`` and ``late`` are counted leads created within three hours after and before midnight.
    """

    counted: int = 0
    duplicates: int = 0
    existing_clients: int = 0
    tests: int = 0
    early: int = 0
    late: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.counted + other.counted,
            self.duplicates + other.duplicates,
            self.existing_clients + other.existing_clients,
            self.tests + other.tests,
            self.early + other.early,
            self.late + other.late,
        )

    @property
    def rows(self) -> int:
        return self.counted + self.duplicates + self.existing_clients + self.tests


@dataclass(frozen=True)
class Cell:
    """One place compared. The causes add up to ``difference`` exactly; minus: the CRM has fewer."""

    place: Place
    reported: int
    crm: int
    causes: Mapping[Cause, int] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        return self.crm - self.reported


def is_red(reported: int, crm: int) -> bool:
    """Beyond the tolerance: more than 5 % of the report and more than three leads."""
    gap = abs(crm - reported)
    return gap > TOLERATED_LEADS and gap > TOLERATED_SHARE * reported
