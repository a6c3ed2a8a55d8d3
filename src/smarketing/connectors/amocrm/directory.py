"""What do the numbers of an amoCRM account mean: users, stages, reasons, fields?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smarketing.connectors.amocrm.options import Options
from smarketing.connectors.amocrm.records import unsorted_codes
from smarketing.connectors.files.slugs import slug
from smarketing.connectors.outside.mirror import Mirror
from smarketing.connectors.outside.paths import stage_keys
from smarketing.facts.company import Company
from smarketing.facts.errors import WrongSetting
from smarketing.facts.language import Text

ROBOT = "робот amoCRM"


class Directory:
    """The names of one account, deleted ones among them, and the company's keys of its stages."""

    def __init__(self, mirror: Mirror, company: Company, options: Options) -> None:
        self._users = _names(mirror, "users")
        self._reasons = _names(mirror, "loss_reasons")
        self._pipelines = _names(mirror, "pipelines")
        self._stages = stage_keys(company)
        self._unsorted = _unsorted_stages(mirror)
        self._options = options
        account = next((record.body for record in mirror.all("account")), {})
        self.currency = str(account.get("currency") or company.currency)

    def user(self, number: object) -> str | None:
        if number is None:
            return None
        return ROBOT if number == 0 else self._users.get(str(number), f"сотрудник {number}")

    def reason(self, number: object, embedded: Sequence[Mapping[str, Any]]) -> str | None:
        """The name of a reason: by the directory, else as the card carries it."""
        if number is None:
            return None
        said = next((str(entry["name"]) for entry in embedded if entry.get("id") == number), None)
        return self._reasons.get(str(number)) or said or f"причина {number}"

    def pipeline(self, number: object) -> str:
        return self._pipelines.get(str(number), f"воронка {number}")

    def stage(self, code: str) -> str:
        """The company's key of a stage; raises :class:`WrongSetting` that tells what to write where."""
        if code in self._stages:
            return self._stages[code]
        raise WrongSetting(
            "unknown-stage",
            Text(
                f"Стадии amoCRM «{code}» нет в company.toml. Впишите её в aliases той стадии, которой она "
                "соответствует.",
                f"The amoCRM stage “{code}” is not in company.toml. Put it among the aliases of the stage it "
                "stands for.",
            ),
        )

    def unsorted_stage(self, pipeline: object) -> str | None:
        """The company's key of the stage in which requests wait to be accepted."""
        code = self._unsorted.get(str(pipeline))
        return self._stages.get(code) if code else None

    @property
    def lost_stage(self) -> str | None:
        """Any stage of loss: requests that nobody accepted end there."""
        return next((key for code, key in self._stages.items() if code.endswith(":143")), None)

    def takes(self, pipeline: object) -> bool:
        return not self._options.pipelines or pipeline in self._options.pipelines


class Fields:
    """The filled fields of one card, to be asked by id, code or name."""

    def __init__(self, card: Mapping[str, Any]) -> None:
        self._fields = [field for field in card.get("custom_fields_values") or [] if field.get("values")]

    def get(self, wanted: str | None) -> str | None:
        if not wanted:
            return None
        word = wanted.casefold()
        for field in self._fields:
            names = (field.get("field_id"), field.get("field_code"), field.get("field_name"))
            if word in {str(name).casefold() for name in names if name is not None}:
                return _text(field)
        return None

    def tags(self) -> dict[str, str]:
        """UTM tags and click ids under their usual names."""
        return {
            str(field["field_code"]).lower(): _text(field) or ""
            for field in self._fields
            if field.get("field_code") and field.get("field_type") == "tracking_data"
        }

    def custom(self) -> dict[str, str | None]:
        """The other fields by the key a heading would have."""
        return {
            slug(str(field.get("field_name") or field.get("field_id"))): _text(field)
            for field in self._fields
            if field.get("field_type") != "tracking_data" and field.get("field_code") not in {"PHONE", "EMAIL"}
        }

    def first(self, code: str) -> str | None:
        """The first value of a field with several: a phone, an address."""
        for field in self._fields:
            if field.get("field_code") == code:
                return str(field["values"][0].get("value") or "") or None
        return None


def _text(field: Mapping[str, Any]) -> str | None:
    said = [str(value["value"]) for value in field["values"] if value.get("value") not in (None, "")]
    return ", ".join(said) or None


def _names(mirror: Mirror, stream: str) -> dict[str, str]:
    return {record.key: str(record.body.get("name") or record.key) for record in mirror.all(stream, gone=True)}


def _unsorted_stages(mirror: Mirror) -> dict[str, str]:
    """Pipeline → code of its stage of unsorted requests."""
    codes = unsorted_codes(record.body for record in mirror.all("pipelines", gone=True))
    return {pipeline: code for code, pipeline in codes.items()}
