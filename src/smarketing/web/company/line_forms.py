"""The sections of the settings that are lists: stages, segments, groups of sources, reasons, limits, rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms

from smarketing.facts.company import Company, Milestone
from smarketing.facts.language import Text
from smarketing.metrics.catalogue import METRICS
from smarketing.metrics.wording import ZONE_NAMES
from smarketing.web.company.fields import ListsField, NumberField, WordsField
from smarketing.web.company.forms import LineForm

_KEY = Text("Ключ", "Key")
_KEY_HINT = Text(
    "Имя в фактах и адресах, потом не меняется.", "The name in facts and addresses; it does not change later."
)
_RU, _EN = Text("Название по-русски", "Name in Russian"), Text("Название по-английски", "Name in English")
_PLACE = Text("Место", "Place")
_NAMED: Mapping[str, Text] = {"key": _KEY, "name_ru": _RU, "name_en": _EN, "place": _PLACE}
MILESTONES = {
    Milestone.ACCEPTED: Text("лид принят", "accepted"),
    Milestone.DEAL: Text("сделка", "deal"),
    Milestone.WON: Text("продажа", "won"),
    Milestone.LOST: Text("отказ", "lost"),
}
_ONE_FOCUS = Text("Фокусный сегмент уже отмечен выше.", "The focus segment is marked above already.")


def _key(slug: bool = True) -> forms.CharField:
    kind = forms.RegexField(r"^[a-z][a-z0-9_]*$", max_length=100) if slug else forms.CharField(max_length=200)
    kind.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
    return kind


def _name(*, required: bool = True) -> forms.CharField:
    return forms.CharField(max_length=200, required=required)


def _place() -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=999, required=False)


class StageForm(LineForm):
    part = "stages"
    title, new = Text("Стадии", "Stages"), Text("Новая стадия", "A new stage")
    labels = {
        **_NAMED,
        "zone": Text("Чья зона", "Whose zone"),
        "milestone": Text("Веха", "Milestone"),
        "sla_minutes": Text("Норма, раб. мин", "SLA, work min"),
        "required_fields": Text("Обязательные поля", "Required fields"),
        "required_in": Text("Обязательные поля по воронкам", "Required fields by pipeline"),
        "checklist": Text("Что сделать в стадии", "What to do in the stage"),
        "allowed_next": Text("Какие стадии могут идти следом", "Which stages may follow"),
        "aliases": Text("Как её ещё называют", "Other names of it"),
    }
    hints = {
        "key": _KEY_HINT,
        "required_fields": Text(
            "По одному в строке: segment, region, amount, свои поля.",
            "One a line: segment, region, amount, own fields.",
        ),
        "required_in": Text("«воронка = поля через запятую».", "“pipeline = fields by commas”."),
        "allowed_next": Text("Ключи стадий, по одному в строке.", "Keys of stages, one a line."),
        "aliases": Text("В CRM и в файлах, по одному в строке.", "In the CRM and in files, one a line."),
    }  # fmt: skip
    minor = ("required_fields", "required_in", "checklist", "allowed_next", "aliases")

    place = _place()
    key = _key()
    name_ru, name_en = _name(), _name(required=False)
    zone = forms.ChoiceField(choices=[(zone.value, name) for zone, name in ZONE_NAMES.items()], initial="sales")
    milestone = forms.ChoiceField(
        choices=[("", Text("нет", "none")), *((one.value, name) for one, name in MILESTONES.items())],
        required=False,
    )
    sla_minutes = forms.IntegerField(min_value=1, required=False)
    required_fields, required_in = WordsField(), ListsField()
    checklist, allowed_next, aliases = WordsField(), WordsField(), WordsField()

    def said(self) -> dict[str, Any]:
        said = super().said()
        if not said.get("milestone"):
            said.pop("milestone", None)
        return said


class SegmentForm(LineForm):
    part = "segments"
    title, new = Text("Сегменты", "Segments"), Text("Новый сегмент", "A new segment")
    labels = {
        **_NAMED,
        "focus": Text("Фокусный", "Focus"),
        "under_test": Text("На проверке", "Under test"),
    }
    hints = {
        "key": Text(
            "Значение поля «сегмент» у лида, буква в букву.", "The value of the lead's segment, to the letter."
        )
    }

    key = _key(slug=False)
    name_ru, name_en = _name(), _name(required=False)
    focus, under_test = forms.BooleanField(required=False), forms.BooleanField(required=False)

    @classmethod
    def judge(cls, lines: Sequence[LineForm]) -> None:
        super().judge(lines)
        for line in [line for line in lines if line.cleaned_data.get("focus")][1:]:
            line.add_error("focus", _ONE_FOCUS.say(line.language))


class SourceGroupForm(LineForm):
    part = "source_groups"
    title, new = Text("Группы источников", "Groups of sources"), Text("Новая группа", "A new group")
    labels = {
        **_NAMED,
        "paid": Text("Платная", "Paid"),
        "sources": Text("Источники", "Sources"),
    }
    hints = {
        "key": _KEY_HINT,
        "sources": Text("По одному в строке, как в фактах.", "One a line, as in the facts."),
    }

    place = _place()
    key = _key()
    name_ru, name_en = _name(), _name(required=False)
    paid = forms.BooleanField(required=False)
    sources = WordsField(rows=4)


class SourceNameForm(LineForm):
    part, unique = "source_names", "source"
    title, new = Text("Названия источников", "Names of sources"), Text("Ещё название", "One more name")
    labels = {**_NAMED, "source": Text("Источник", "Source")}
    hints = {"source": Text("Значение в фактах, буква в букву.", "The value in the facts, to the letter.")}

    source = forms.CharField(max_length=200)
    name_ru, name_en = _name(), _name(required=False)

    @classmethod
    def items(cls, company: Company) -> Iterable[Any]:
        return [SimpleNamespace(source=source, name=name) for source, name in company.source_names.items()]

    @classmethod
    def whole(cls, items: Sequence[Mapping[str, Any]]) -> Any:
        return {item["source"]: item["name"] for item in items}

    @property
    def legend(self) -> str:
        return str(self["source"].value() or "") or super().legend


class LossReasonForm(LineForm):
    part = "loss_reasons"
    title, new = Text("Причины отказа", "Loss reasons"), Text("Новая причина", "A new reason")
    labels = _NAMED
    hints = {"key": Text("Значение в фактах, буква в букву.", "The value in the facts, to the letter.")}

    key = _key(slug=False)
    name_ru, name_en = _name(), _name(required=False)


class CustomFieldForm(LineForm):
    part = "custom_fields"
    title, new = Text("Свои поля лида", "The lead's own fields"), Text("Новое поле", "A new field")
    labels = _NAMED
    hints = {
        "key": Text(
            "Столбец в данных; в критериях — custom_ключ.", "The column in the data; custom_key in criteria."
        )
    }

    key = _key()
    name_ru, name_en = _name(), _name(required=False)


def _metric() -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=[("", Text("не выбран", "not chosen")), *((key, found.name) for key, found in METRICS.items())]
    )


class GuardrailForm(LineForm):
    part, unique = "guardrails", ""
    title, new = Text("Пороги", "Limits"), Text("Новый порог", "A new limit")
    labels = {
        "metric": Text("Показатель", "Metric"),
        "limit": Text("Порог", "Limit"),
        "side": Text("Нарушение", "Broken when"),
    }
    hints = {"limit": Text("Доля от 0 до 1 или сумма.", "A share from 0 to 1 or a sum.")}

    metric = _metric()
    limit = NumberField()
    side = forms.ChoiceField(
        choices=[("above", Text("выше порога", "above it")), ("below", Text("ниже порога", "below it"))],
        initial="above",
    )

    @property
    def legend(self) -> str:
        return _metric_name(self) or super().legend


class AccountableForm(LineForm):
    part, unique = "accountable", "metric"
    title = Text("Кто отвечает, если не так, как в словаре", "Who answers where it differs from the catalogue")
    new = Text("Ещё показатель", "One more metric")
    labels = {"metric": Text("Показатель", "Metric"), "zone": Text("Отвечает", "Accountable")}

    metric = _metric()
    zone = forms.ChoiceField(choices=[(zone.value, name) for zone, name in ZONE_NAMES.items()], initial="sales")

    @classmethod
    def items(cls, company: Company) -> Iterable[Any]:
        return [SimpleNamespace(metric=key, zone=zone.value) for key, zone in company.accountable.items()]

    @classmethod
    def whole(cls, items: Sequence[Mapping[str, Any]]) -> Any:
        return {item["metric"]: item["zone"] for item in items}

    @property
    def legend(self) -> str:
        return _metric_name(self) or super().legend


def _metric_name(line: LineForm) -> str:
    found = METRICS.get(str(line["metric"].value() or ""))
    return found.name.say(line.language) if found else ""


class RateForm(LineForm):
    part, unique = "rates", ""
    title, new = Text("Курсы валют", "Rates of currencies"), Text("Ещё курс", "One more rate")
    labels = {
        "currency": Text("Валюта", "Currency"),
        "rate": Text("Валюты компании за единицу", "The company's currency for one"),
        "since": Text("С какого дня", "From the day"),
    }
    hints = {"since": Text("Пусто: один курс на всё время.", "Empty: one rate for ever.")}

    currency = forms.RegexField(r"^[A-Z]{3}$", max_length=3)
    rate = NumberField(min_value=0)
    since = forms.DateField(required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    @classmethod
    def items(cls, company: Company) -> Iterable[Any]:
        for currency, given in company.rates.items():
            if isinstance(given, Decimal):
                yield SimpleNamespace(currency=currency, rate=given, since=None)
            else:
                yield from (SimpleNamespace(currency=currency, rate=one.rate, since=one.since) for one in given)

    @classmethod
    def whole(cls, items: Sequence[Mapping[str, Any]]) -> Any:
        """A currency with one line without a day holds for ever; others become a list by day."""
        rates: dict[str, Any] = {}
        for item in items:
            rates.setdefault(item["currency"], []).append({"since": item.get("since"), "rate": item["rate"]})
        return {
            currency: given[0]["rate"] if len(given) == 1 and given[0]["since"] is None else tuple(given)
            for currency, given in rates.items()
        }

    @property
    def legend(self) -> str:
        return str(self["currency"].value() or "") or super().legend


class VatForm(LineForm):
    part, unique = "vat", "since"
    title, new = Text("Ставки НДС", "VAT"), Text("Ещё ставка", "One more rate")
    labels = {"since": Text("С какого дня", "From the day"), "rate": Text("Доля НДС", "Share of VAT")}
    hints = {"rate": Text("Сверх цены без налога: 0.22.", "On top of a net price: 0.22.")}

    since = forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    rate = NumberField(min_value=0, max_value=1)

    @property
    def legend(self) -> str:
        return str(self["since"].value() or "") or super().legend


class SellerQualityForm(LineForm):
    part, unique = "seller_quality", "word"
    title, new = Text("Оценка продавца", "The seller's mark"), Text("Ещё оценка", "One more mark")
    labels = {
        "word": Text("Как она записана", "As it is written"),
        "verdict": Text("Что говорит о лиде", "What it says"),
    }

    word = forms.CharField(max_length=200)
    verdict = forms.ChoiceField(
        choices=[
            ("target", Text("целевой", "target")),
            ("non_target", Text("нецелевой", "non-target")),
            ("unknown", Text("неизвестно", "unknown")),
        ],
        initial="unknown",
    )

    @classmethod
    def items(cls, company: Company) -> Iterable[Any]:
        return [SimpleNamespace(word=word, verdict=said.value) for word, said in company.seller_quality.items()]

    @classmethod
    def whole(cls, items: Sequence[Mapping[str, Any]]) -> Any:
        return {item["word"]: item["verdict"] for item in items}

    @property
    def legend(self) -> str:
        return str(self["word"].value() or "") or super().legend
