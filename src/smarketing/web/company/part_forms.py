"""The sections of the settings that are a few fields: company, hours, one person or two, verdict, channels."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms

from smarketing.facts.company import Company
from smarketing.facts.language import Language, Text, same
from smarketing.metrics.wording import ZONE_NAMES
from smarketing.web.company.fields import DaysField, NumberField, PairsField, WordsField
from smarketing.web.company.forms import PartForm

WEEK = (
    Text("понедельник", "Monday"), Text("вторник", "Tuesday"), Text("среда", "Wednesday"),
    Text("четверг", "Thursday"), Text("пятница", "Friday"), Text("суббота", "Saturday"),
    Text("воскресенье", "Sunday"),
)  # fmt: skip
SHORT_DAYS = (
    Text("пн", "Mon"), Text("вт", "Tue"), Text("ср", "Wed"), Text("чт", "Thu"), Text("пт", "Fri"),
    Text("сб", "Sat"), Text("вс", "Sun"),
)  # fmt: skip
ZONES = tuple(
    sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
)
_FIXED = Text(
    "Валюта закреплена: суммы уже загруженных фактов записаны в ней.",
    "The currency is fixed: the amounts of the facts already loaded are in it.",
)
_OPENS_LATE = Text("День кончается не раньше, чем начинается.", "A day does not end before it begins.")
_BOTH = Text("{day} названо и выходным, и рабочим днём.", "{day} is named both a day off and a day worked.")
_SHARE = Text("Доля от 0 до 1: 0.2 — это 20 %.", "A share from 0 to 1: 0.2 is 20 %.")


def _time() -> forms.TimeField:
    return forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))


class CompanyForm(PartForm):
    labels = {
        "name": Text("Название", "Name"),
        "currency": Text("Валюта", "Currency"),
        "zone": Text("Часовой пояс", "Time zone"),
        "language": Text("Язык", "Language"),
        "phone_region": Text("Страна номеров телефона", "Country of phone numbers"),
        "mql": Text("Какие лиды считаются MQL", "Which leads are MQL"),
        "response_sla_minutes": Text("Срок первого ответа, рабочих минут", "First response, working minutes"),
        "purchase": Text("Что считать покупкой", "What one purchase is"),
    }
    hints = {
        "language": Text("Для тех, кто не выбрал свой.", "For those who have not chosen their own."),
        "phone_region": Text(
            "Две буквы: RU, KZ, BY. Для номеров без кода.", "Two letters: RU, KZ. For numbers without a code."
        ),
        "response_sla_minutes": Text(
            "Ответ в срок делает лид обработанным.", "An answer in time makes a lead handled."
        ),
        "mql": Text("По критериям — только те, кто им отвечает.", "By the criteria: only those that meet them."),
        "purchase": Text("Второе — для абонентской платы.", "The second is for subscriptions."),
    }

    name = forms.CharField(max_length=200)
    currency = forms.CharField(max_length=3)
    zone = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}))
    language = forms.ChoiceField(choices=[("ru", "Русский"), ("en", "English")])  # type: ignore[assignment]
    phone_region = forms.RegexField(r"^[A-Z]{2}$", max_length=2)
    mql = forms.ChoiceField(
        choices=[
            ("target", Text("отвечающие письменным критериям", "those that meet the written criteria")),
            ("all", Text("все", "all")),
        ]
    )
    response_sla_minutes = forms.IntegerField(min_value=1)
    purchase = forms.ChoiceField(
        choices=[
            ("sale", Text("все оплаты лида вместе", "all payments of a lead together")),
            ("payment", Text("каждый день оплаты", "every day of payment")),
        ]
    )

    def __init__(self, language: Language, company: Company, data: Any = None, *, has_facts: bool = False) -> None:
        super().__init__(language, company, data)
        if has_facts:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _FIXED.say(language)


class HoursForm(PartForm):
    part = "working_hours"
    labels = {
        "days": Text("Рабочие дни недели", "Working days of the week"),
        "opens": Text("Начало дня", "The day begins"),
        "closes": Text("Конец дня", "The day ends"),
        "days_off": Text("Выходные вопреки правилу", "Days off against the rule"),
        "days_worked": Text("Рабочие вопреки правилу", "Days worked against the rule"),
    }
    hints = {
        "closes": Text("00:00 — полночь.", "00:00 is midnight."),
        "days_off": Text(
            "Праздники и переносы: по дате в строке, 2026-12-31 или 31.12.2026.",
            "Holidays: a date on each line, 2026-12-31 or 31.12.2026.",
        ),
        "days_worked": Text("Например, рабочая суббота.", "A Saturday that was worked, for example."),
    }

    days = forms.TypedMultipleChoiceField(
        coerce=int,
        choices=list(enumerate(WEEK, start=1)),
        widget=forms.CheckboxSelectMultiple(),
    )
    opens = _time()
    closes = _time()
    days_off = DaysField(rows=8)
    days_worked = DaysField(rows=3)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        opens, closes = said.get("opens"), said.get("closes")
        if opens is not None and closes is not None and closes <= opens and closes.isoformat() != "00:00:00":
            self.add_error("closes", _OPENS_LATE.say(self.language))
        for day in sorted(set(said.get("days_off", ())) & set(said.get("days_worked", ()))):
            self.add_error("days_worked", _BOTH.fill(day=day.isoformat()).say(self.language))
        return said


class IdentityForm(PartForm):
    part = "identity"
    labels = {
        "join_exact": Text("Соединять карточки с одним телефоном или почтой", "Join cards of one phone or e-mail"),
        "shared_by": Text(
            "Контакт считается общим, если он больше чем у стольких карточек",
            "A contact is shared if more cards than this have it",
        ),
        "repeat_enquiries": Text(
            "Второе обращение, пока первый лид открыт", "A second enquiry while the first lead is open"
        ),
    }
    hints = {
        "join_exact": Text("После каждой загрузки, не спрашивая.", "After every load, without asking."),
        "shared_by": Text("Телефон офиса никого не соединяет.", "An office's phone joins nobody."),
    }

    join_exact = forms.BooleanField(required=False)
    shared_by = forms.IntegerField(min_value=2)
    repeat_enquiries = forms.ChoiceField(
        choices=[
            ("count", Text("новый лид", "a new lead")),
            ("duplicate", Text("дубль первого", "a duplicate of the first")),
        ]
    )


class VerdictForm(PartForm):
    part = "verdict"
    labels = {
        "conversion_zone": Text("Чья причина — конверсия в продажу", "Whose cause is the conversion to a sale"),
        "max_unknown_segment": Text("Лидов без сегмента, не больше", "Leads without a segment, at most"),
        "max_unknown_source": Text("Лидов без источника, не больше", "Leads without a source, at most"),
        "min_expected_sales": Text("Продаж по плану, не меньше", "Sales by the plan, at least"),
        "ripe_share": Text("Дозревшим месяц считается от", "A month counts as ripe from"),
    }
    hints = {
        "max_unknown_segment": Text(
            "При большей доле структура сегментов не причина. " + _SHARE.ru,
            "Above it the mix of segments is no cause. " + _SHARE.en,
        ),
        "max_unknown_source": Text("О большей доле вывод предупреждает.", "The verdict warns of more."),
        "min_expected_sales": Text(
            "Если меньше, оценка — «мало данных».", "With fewer the judgement is “too little data”."
        ),
        "ripe_share": Text("Когорта моложе называется молодой.", "A younger cohort is called young."),
    }

    conversion_zone = forms.ChoiceField(
        choices=[(zone.value, name) for zone, name in ZONE_NAMES.items() if zone.value != "company"]
    )
    max_unknown_segment = NumberField(min_value=0, max_value=1)
    max_unknown_source = NumberField(min_value=0, max_value=1)
    min_expected_sales = forms.IntegerField(min_value=0)
    ripe_share = NumberField(min_value=0, max_value=1)


class ChannelsForm(PartForm):
    part = "channels"
    labels = {
        "sources": Text("Источники", "Sources"),
        "mediums": Text("Каналы", "Mediums"),
        "campaigns": Text("Кампании", "Campaigns"),
        "forms": Text("Формы на сайте", "Forms of the site"),
        "lines": Text("Номера телефона", "Phone lines"),
        "own_sites": Text("Свои сайты", "Own sites"),
        "trust_click_id": Text("Метка клика важнее остальных меток", "A click id wins over other tags"),
    }
    hints = {
        "sources": Text(
            "«как пишут = как называем», по одному в строке: ya direct = yandex. Пусто справа — «неизвестно».",
            "“their spelling = ours”, one a line: ya direct = yandex. Nothing on the right is “unknown”.",
        ),
        "forms": Text("«форма = источник», для лидов без меток.", "“form = source”, for leads without tags."),
        "lines": Text("«номер, на который звонили = источник».", "“number that was called = source”."),
        "own_sites": Text("Ссылки внутри них не говорят, откуда пришёл человек. По одному в строке.",
                          "Links inside them say nothing of where a person came from. One a line."),
        "trust_click_id": same("yclid, gclid, …"),
    }  # fmt: skip

    field_order = ("sources", "mediums", "campaigns", "forms", "lines", "own_sites", "trust_click_id")
    trust_click_id = forms.BooleanField(required=False)
    sources = PairsField(rows=6)
    mediums = PairsField()
    campaigns = PairsField()
    forms = PairsField()  # of the site
    lines = PairsField()
    own_sites = WordsField()
