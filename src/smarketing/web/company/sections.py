"""Which sections do the settings have on pages, and what stands in each of them now, in one line?"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from smarketing.facts.company import Company
from smarketing.facts.errors import SmarketingError
from smarketing.facts.language import Language, Text, plural, same
from smarketing.facts.wrong_places import Place, WrongPlaces
from smarketing.jobs.settings import toml_table
from smarketing.metrics.wording import DASH
from smarketing.web.company import line_forms as lists
from smarketing.web.company import part_forms as fields
from smarketing.web.company.forms import LineForm, Lines, PartForm, lines_of

_NONE = Text("пока не записано", "nothing written yet")
_BAD_TOML = Text("Не читается: {error}", "Cannot be read: {error}")


class CriteriaForm(PartForm):
    """The criteria as they stand in the file: rules with conditions are read there more easily than in fields."""

    part = "criteria"
    labels = {"text": Text("Критерии (TOML)", "Criteria (TOML)")}
    hints = {
        "text": Text(
            "Новая версия — ещё один [[criteria]] с днём valid_from; прежние версии судят прежние лиды.",
            "A new version is one more [[criteria]] with its day valid_from; older versions judge older leads.",
        )
    }

    text = forms.CharField(
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
    )

    @classmethod
    def shown(cls, company: Company) -> dict[str, Any]:
        written = company.model_dump(mode="python")["criteria"]
        return {"text": toml_table("criteria", written) if written else ""}

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        try:
            alien = tomllib.loads(text).keys() - {self.part}
        except tomllib.TOMLDecodeError as error:
            raise forms.ValidationError(_BAD_TOML.fill(error=error).say(self.language)) from error
        if alien:
            said = Text("Здесь только [[criteria]], а не {names}.", "Only [[criteria]] belongs here, not {names}.")
            raise forms.ValidationError(said.fill(names=", ".join(sorted(alien))).say(self.language))
        return text

    def parts(self) -> dict[str, Any]:
        return {self.part: tomllib.loads(self.cleaned_data["text"]).get(self.part, ())}

    def tell(self, place: Place, text: Text) -> None:
        where = ".".join(map(str, place))
        self.add_error("text", f"{where}: {text.say(self.language)}")


@dataclass(frozen=True)
class Section:
    """A page of the settings. ``about``: its first sentence; ``stands``: what is set now, in one line."""

    key: str
    title: Text
    about: Text
    stands: Callable[[Company], Text]
    forms: tuple[type[PartForm], ...] = ()
    lines: tuple[type[LineForm], ...] = ()
    # The column of the journey (of ``stage_moves`` for stages) whose values this section names.
    names_values_of: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The keys of the settings that this page writes."""
        whole = [key for kind in self.forms for key in ((kind.part,) if kind.part else kind.base_fields)]
        return (*whole, *(kind.part for kind in self.lines))


class Editor:
    """The forms of one section, together: read, judged, told what is wrong."""

    def __init__(
        self,
        section: Section,
        language: Language,
        company: Company,
        data: Any = None,
        *,
        has_facts: bool = False,
        added: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    ) -> None:
        self.forms: list[PartForm] = [_form(kind, language, company, data, has_facts) for kind in section.forms]
        self.lines: list[Lines] = [
            lines_of(kind, language, company, (added or {}).get(kind.part, ()), data) for kind in section.lines
        ]
        self.wrong: Text | None = None

    def is_valid(self) -> bool:
        judged = [one.is_valid() for one in self._all()]  # every one, so that all errors are told
        return all(judged)

    def parts(self) -> dict[str, Any]:
        return {key: value for one in self._all() for key, value in one.parts().items()}

    def _all(self) -> Sequence[PartForm | Lines]:
        return (*self.forms, *self.lines)

    def tell(self, error: SmarketingError) -> None:
        """Say what the settings refuse beside the field it is about, else above the form."""
        if not isinstance(error, WrongPlaces):
            self.wrong = error.text
            return
        for one in error.wrong:
            if not self._told(one.place, one.text):
                self.wrong = error.text

    def _told(self, place: Place, text: Text) -> bool:
        for form in self.forms:
            if form.owns(place):
                form.tell(place, text)
                return True
        return any(lines.form.part == place[0] and lines.tell(place, text) for lines in self.lines if place)

    @property
    def errors(self) -> int:
        return sum(len(one.errors) for one in self.forms) + sum(
            len(line.errors) for lines in self.lines for line in lines.forms
        )


def _form(kind: type[PartForm], language: Language, company: Company, data: Any, has_facts: bool) -> PartForm:
    if kind is fields.CompanyForm:
        return fields.CompanyForm(language, company, data, has_facts=has_facts)
    return kind(language, company, data)


def _counted(count: int, ru: tuple[str, str, str], en: tuple[str, str]) -> Text:
    word = plural(count, ru, en)
    return Text(f"{count} {word.ru}", f"{count} {word.en}") if count else _NONE


def _company(company: Company) -> Text:
    return same(f"{company.name}, {company.currency}, {company.zone}")


def _hours(company: Company) -> Text:
    hours = company.working_hours
    span = f"{hours.opens:%H:%M}–{hours.closes:%H:%M}"
    days = _days(sorted(hours.days))
    off = len(hours.days_off)
    return Text(f"{days.ru}, {span}, выходных дат: {off}", f"{days.en}, {span}, days off: {off}")


def _days(days: Sequence[int]) -> Text:
    """« пн–пт » where they follow each other, else each."""
    named = [fields.SHORT_DAYS[day - 1] for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return Text(f"{named[0].ru}–{named[-1].ru}", f"{named[0].en}–{named[-1].en}")
    return Text(", ".join(day.ru for day in named), ", ".join(day.en for day in named))


def _focus(company: Company) -> Text:
    count = _counted(len(company.segments), ("сегмент", "сегмента", "сегментов"), ("segment", "segments"))
    focus = company.focus_segment.name.text if company.focus_segment else same(DASH)
    return (
        Text(f"{count.ru}, фокусный: {focus.ru}", f"{count.en}, focus: {focus.en}") if company.segments else count
    )


def _limits(company: Company) -> Text:
    count, own = len(company.guardrails), len(company.accountable)
    return Text(f"порогов: {count}, своих зон показателей: {own}", f"limits: {count}, own zones of metrics: {own}")


def _identity(company: Company) -> Text:
    if company.identity.join_exact:
        return Text("карточки с одним контактом соединяются", "cards of one contact are joined")
    return Text("карточки соединяет человек", "a person joins cards")


def _channels(company: Company) -> Text:
    words = company.channels
    named = (words.sources, words.mediums, words.campaigns, words.forms, words.lines)
    return _counted(sum(map(len, named)), ("слово", "слова", "слов"), ("word", "words"))


def _many(key: str, ru: tuple[str, str, str], en: tuple[str, str]) -> Callable[[Company], Text]:
    return lambda company: _counted(len(getattr(company, key)), ru, en)


def by_key(*sections: Section) -> dict[str, Section]:
    return {section.key: section for section in sections}


SECTIONS: Mapping[str, Section] = by_key(
    Section(
        "company", Text("Компания", "Company"),
        Text("Название, валюта, часовой пояс и то, что считается лидом и покупкой.",
             "Name, currency, time zone, and what counts as a lead and a purchase."),
        _company, forms=(fields.CompanyForm,),
    ),
    Section(
        "hours", Text("Рабочее время", "Working hours"),
        Text("По этому календарю считаются рабочие минуты и прошедшая доля месяца.",
             "Working minutes and the part of a month that has passed are counted by this calendar."),
        _hours, forms=(fields.HoursForm,),
    ),
    Section(
        "stages", Text("Стадии", "Stages"),
        Text("Путь лида по порядку. Веха говорит, что стадия значит в любой компании; норма — в рабочих минутах.",
             "The way of a lead, in order. A milestone says what the stage means in every company; the SLA is in "
             "working minutes."),
        _many("stages", ("стадия", "стадии", "стадий"), ("stage", "stages")),
        lines=(lists.StageForm,), names_values_of="stage",
    ),
    Section(
        "segments", Text("Сегменты", "Segments"),
        Text("Виды клиентов и тот из них, которому компания служит в первую очередь.",
             "Kinds of client, and the one that the company serves first."),
        _focus, lines=(lists.SegmentForm,), names_values_of="segment",
    ),
    Section(
        "sources", Text("Источники", "Sources"),
        Text("Группы, в которые складываются источники лидов. Клиенты платных групп входят в платный CAC.",
             "The groups into which lead sources are put. Customers of paid groups are in the paid CAC."),
        _many("source_groups", ("группа", "группы", "групп"), ("group", "groups")),
        lines=(lists.SourceGroupForm, lists.SourceNameForm), names_values_of="lead_source",
    ),
    Section(
        "channels", Text("Словарь каналов", "Dictionary of channels"),
        Text("Как ещё пишут источник, канал и кампанию. Действует на то, что загрузится после.",
             "Other spellings of source, medium and campaign. Holds for what is loaded from now on."),
        _channels, forms=(fields.ChannelsForm,),
    ),
    Section(
        "reasons", Text("Причины отказа", "Loss reasons"),
        Text("Как причины называются на страницах.", "What the reasons are called on pages."),
        _many("loss_reasons", ("причина", "причины", "причин"), ("reason", "reasons")),
        lines=(lists.LossReasonForm,), names_values_of="loss_reason",
    ),
    Section(
        "criteria", Text("Критерии целевого лида", "Criteria of a target lead"),
        Text("Письменные правила по версиям: лид судит та, что действовала в день его создания.",
             "Written rules by version: a lead is judged by the one that held on its day."),
        _many("criteria", ("версия", "версии", "версий"), ("version", "versions")),
        forms=(CriteriaForm,), lines=(lists.SellerQualityForm,),
    ),
    Section(
        "limits", Text("Пороги и ответственность", "Limits and accountability"),
        Text("Пороги показателей, чья это зона и когда вывод считает данные достаточными.",
             "Limits of metrics, whose they are, and when the verdict finds the data enough."),
        _limits, forms=(fields.VerdictForm,), lines=(lists.GuardrailForm, lists.AccountableForm),
    ),
    Section(
        "money", Text("Курсы и НДС", "Rates and VAT"),
        Text("Деньги в валюте без курса не принимаются.", "Money in a currency without a rate is not accepted."),
        lambda company: Text(f"валют: {len(company.rates)}, ставок НДС: {len(company.vat)}",
                             f"currencies: {len(company.rates)}, VAT rates: {len(company.vat)}"),
        lines=(lists.RateForm, lists.VatForm),
    ),
    Section(
        "fields", Text("Свои поля лида", "The lead's own fields"),
        Text("Поля CRM, нужные отчётам и критериям.", "Fields of the CRM that reports and criteria need."),
        _many("custom_fields", ("поле", "поля", "полей"), ("field", "fields")), lines=(lists.CustomFieldForm,),
    ),
    Section(
        "identity", Text("Один человек или разные", "One person or two"),
        Text("Когда две карточки — один клиент, а второе обращение — не новый лид.",
             "When two cards are one client, and a second enquiry is no new lead."),
        _identity, forms=(fields.IdentityForm,),
    ),
)  # fmt: skip
