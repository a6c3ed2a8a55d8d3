"""Who is the company: its stages, segments, sources, criteria, hours? Companies are data, not code.

``company.toml`` holds it; the settings pages edit the same content.
"""

from __future__ import annotations

import tomllib
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from smarketing.facts.calendar import WorkingCalendar
from smarketing.facts.criteria import CriteriaVersion, Names, TargetVerdict
from smarketing.facts.errors import WrongSetting, did_you_mean
from smarketing.facts.language import Text, same
from smarketing.facts.wrong_places import Said, wrong_places

KEY = r"^[a-z][a-z0-9_]*$"


class Zone(StrEnum):
    """Who can change a figure."""

    MARKETING = "marketing"
    SALES = "sales"
    JOINT = "joint"
    COMPANY = "company"


class Milestone(StrEnum):
    """What a stage means for every company alike."""

    ACCEPTED = "accepted"
    DEAL = "deal"
    WON = "won"
    LOST = "lost"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Part):
    key: str = Field(pattern=KEY)
    name: Names
    zone: Zone = Zone.SALES
    milestone: Milestone | None = None
    sla_minutes: int | None = Field(default=None, gt=0)
    required_fields: tuple[str, ...] = ()
    required_in: dict[str, tuple[str, ...]] = {}  # pipeline → what it requires in place of required_fields
    checklist: tuple[str, ...] = ()
    allowed_next: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # how outside systems call it


class Segment(_Part):
    key: str
    name: Names
    focus: bool = False
    under_test: bool = False


class SourceGroup(_Part):
    key: str = Field(pattern=KEY)
    name: Names
    paid: bool = False
    sources: tuple[str, ...] = ()


class CustomField(_Part):
    key: str = Field(pattern=KEY)
    name: Names


class WorkingHours(_Part):
    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    opens: time = time(9)
    closes: time = time(18)
    days_off: tuple[date, ...] = ()
    days_worked: tuple[date, ...] = ()


class Channels(_Part):
    """The company's own words for where leads come from; an empty value means «unknown»."""

    sources: dict[str, str] = {}  # outside spelling → our source
    mediums: dict[str, str] = {}
    campaigns: dict[str, str] = {}
    forms: dict[str, str] = {}  # web form → our source
    lines: dict[str, str] = {}  # number that was called → our source
    own_sites: tuple[str, ...] = ()  # links inside them say nothing of where a person came from
    trust_click_id: bool = False  # a click id that contradicts the tags wins over them


class CampaignPair(_Part):
    """What a person said of two names of one source: one campaign, or not (``same = false``)."""

    lead_source: str
    report: str  # the name in the ad account's report
    crm: str  # the name that leads carry
    same: bool = True
    said_on: date | None = None
    said_by: str = ""


class IdentitySettings(_Part):
    """When are two cards one person, and when is an enquiry no new lead?"""

    join_exact: bool = False  # after every load, without asking
    shared_by: int = Field(default=5, ge=2)  # a contact of more cards is an office's, not a person's
    repeat_enquiries: Literal["count", "duplicate"] = "count"  # a second one while the first is open


class LossReason(_Part):
    key: str
    name: Names


class Guardrail(_Part):
    """A limit the company set itself for a metric."""

    metric: str
    limit: Decimal
    side: Literal["above", "below"] = "above"


class Since(_Part):
    """A rate that holds from a day until the next one; the first one also holds before its day."""

    since: date
    rate: Decimal = Field(ge=0)


class VerdictSettings(_Part):
    conversion_zone: Literal["marketing", "sales", "joint"] = "sales"
    max_unknown_segment: Decimal = Decimal("0.20")
    max_unknown_source: Decimal = Decimal("0.30")
    min_expected_sales: int = 5
    ripe_share: Decimal = Decimal("0.8")  # a cohort riper than this may serve as an implied plan


class Company(_Part):
    """Everything about one company that is not a fact."""

    name: str = "Компания"
    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")
    zone: str = "Europe/Moscow"
    language: Literal["ru", "en"] = "ru"
    phone_region: str = "RU"
    mql: Literal["target", "all"] = "target"
    response_sla_minutes: int = Field(default=60, gt=0)
    # What counts as one purchase of a customer: all payments of a lead together, or every day of payment.
    purchase: Literal["sale", "payment"] = "sale"
    working_hours: WorkingHours = WorkingHours()
    stages: tuple[Stage, ...] = ()
    segments: tuple[Segment, ...] = ()
    source_groups: tuple[SourceGroup, ...] = ()
    source_names: dict[str, Names] = {}  # lead_source → how pages call it
    channels: Channels = Channels()
    campaign_pairs: tuple[CampaignPair, ...] = ()
    identity: IdentitySettings = IdentitySettings()
    loss_reasons: tuple[LossReason, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    criteria: tuple[CriteriaVersion, ...] = ()
    # The seller's opinion of quality → what it says of the lead.
    seller_quality: dict[str, TargetVerdict] = {}
    accountable: dict[str, Zone] = {}  # metric → zone, where the company differs from the catalogue
    guardrails: tuple[Guardrail, ...] = ()
    # Units of the company's currency for one of another: one rate for ever, or rates by day.
    rates: dict[str, Decimal | tuple[Since, ...]] = {}
    vat: tuple[Since, ...] = ()  # the share of VAT on top of a net price, by the day from which it holds
    verdict: VerdictSettings = VerdictSettings()

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise Said(Text(f"часового пояса {value} нет", f"unknown time zone {value}")) from error
        return value

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        for what, keys in {
            Text("стадия", "stage"): [stage.key for stage in self.stages],
            Text("сегмент", "segment"): [segment.key for segment in self.segments],
            Text("группа источников", "source group"): [group.key for group in self.source_groups],
            Text("причина отказа", "loss reason"): [reason.key for reason in self.loss_reasons],
            Text("версия критериев", "criteria version"): [version.version for version in self.criteria],
            Text("своё поле", "custom field"): [field.key for field in self.custom_fields],
            Text("день НДС", "VAT day"): [entry.since.isoformat() for entry in self.vat],
            **{
                Text(f"день {currency}", f"{currency} day"): _days(given) for currency, given in self.rates.items()
            },
        }.items():
            repeated = ", ".join(sorted({key for key in keys if keys.count(key) > 1}))
            if repeated:
                raise Said(Text(f"{what.ru}: названо дважды: {repeated}", f"{what.en} named twice: {repeated}"))
        return self

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        hours = self.working_hours
        span = (hours.opens, hours.closes)
        return WorkingCalendar(
            zone=self.tz,
            hours=dict.fromkeys(hours.days, span),
            days_off=frozenset(hours.days_off),
            days_worked=dict.fromkeys(hours.days_worked, span),
        )

    def rate(self, currency: str | None, day: date) -> Decimal | None:
        """Units of the company's currency for one of another on a day; None where the settings give no rate."""
        if currency is None or currency == self.currency:
            return Decimal(1)
        given = self.rates.get(currency)
        return _on(given, day) if isinstance(given, tuple) else given

    def vat_rate(self, day: date) -> Decimal | None:
        """The share of VAT on a day: 0.20; None where the settings say nothing of VAT."""
        return _on(self.vat, day)

    @property
    def path(self) -> tuple[Stage, ...]:
        """The stages a lead walks in order: every stage but those of loss."""
        return tuple(stage for stage in self.stages if stage.milestone is not Milestone.LOST)

    @property
    def focus_segment(self) -> Segment | None:
        return next((segment for segment in self.segments if segment.focus), None)

    def stage(self, key: str) -> Stage:
        """A stage by key; raises :class:`WrongSetting` that names the nearest one."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        hint = did_you_mean(key, [stage.key for stage in self.stages])
        raise WrongSetting(
            "unknown-stage",
            Text(
                f"Стадии «{key}» нет в company.toml. {hint.ru}",
                f"No stage “{key}” in company.toml. {hint.en}",
            ),
        )

    def order(self, milestone: Milestone) -> int | None:
        """Place on the path (1 is first) of the first stage with the milestone, None where there is none."""
        for place, stage in enumerate(self.path, start=1):
            if stage.milestone is milestone:
                return place
        return None

    def label(self, dimension: str, value: str | None) -> Text:
        """How a value of a dimension is called on a page; its own text where settings name nothing."""
        if value is None:
            return Text("не указан", "not given")
        if dimension == "lead_source" and value in self.source_names:
            return self.source_names[value].text
        named: dict[str, tuple[Segment | Stage | SourceGroup | LossReason, ...]] = {
            "segment": self.segments,
            "stage": self.stages,
            "loss_stage": self.stages,
            "source_group": self.source_groups,
            "loss_reason": self.loss_reasons,
        }
        for thing in named.get(dimension, ()):
            if thing.key == value:
                return thing.name.text
        return same(value)


def _days(given: Decimal | tuple[Since, ...]) -> list[str]:
    return [entry.since.isoformat() for entry in given] if isinstance(given, tuple) else []


def _on(rates: tuple[Since, ...], day: date) -> Decimal | None:
    """The newest rate that holds on a day, the oldest one before its day."""
    ordered = sorted(rates, key=lambda entry: entry.since)
    held = [entry.rate for entry in ordered if entry.since <= day]
    return held[-1] if held else next((entry.rate for entry in ordered), None)


def read_company(path: Path) -> Company:
    """The company of a ``company.toml``; raises :class:`WrongSetting` that names the place."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise WrongSetting(
            "no-company",
            Text(
                f"Нет файла {path.name} в {path.parent}. Создайте рабочую папку: smarketing init ПАПКА",
                f"No {path.name} in {path.parent}. Make a workspace: smarketing init DIR",
            ),
        ) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path.name, error) from error
    return company_of(text, path.name)


def company_of(text: str, where: str) -> Company:
    """The company of the text of a ``company.toml``; raises :class:`WrongSetting` that names the place."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(where, error) from error
    return parse_company(content, where)


def _unreadable(where: str, error: ValueError) -> WrongSetting:
    said = Text(f"{where} не читается: {error}", f"{where} cannot be read: {error}")
    return WrongSetting("bad-company-toml", said)


def parse_company(content: dict[str, object], where: str = "company.toml") -> Company:
    """The company of parsed settings; raises :class:`WrongSetting` that names every wrong place."""
    try:
        return Company.model_validate(content)
    except ValidationError as error:
        raise wrong_places(error, where) from error
