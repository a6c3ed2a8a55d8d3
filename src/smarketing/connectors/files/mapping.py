"""Which column of a user's file becomes which column of which fact?

A mapping is a TOML file; :class:`Mapping` is its validated form. The shipped ones lie in ``mappings/``.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from smarketing.connectors.files.folding import How
from smarketing.connectors.files.sniffing import Hints
from smarketing.connectors.files.values import NUMERIC_KINDS, DateOrder, Decimal_
from smarketing.facts.channel_words import CLICK_IDS
from smarketing.facts.channels import COLUMNS
from smarketing.facts.company import KEY
from smarketing.facts.criteria import Names
from smarketing.facts.errors import WrongInput, WrongSetting, did_you_mean
from smarketing.facts.language import Text
from smarketing.facts.tables import TABLES

Part = Literal["host", "path", "utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"]
NEAR = 0.6  # share of its headings from which a file is taken for one that lacks a few
EVIDENCE = ("crm_source", "web_form", "call_line", "agent")  # beside tags and click ids
_MAKERS = ("column", "constant", "first", "sum", "join", "digest", "minutes_of", "entry")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class FileHints(_Part):
    """What is said of the file instead of being recognised."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = Field(default=None, ge=1)
    decimal: Decimal_ | None = None
    date_order: DateOrder | None = None

    @property
    def hints(self) -> Hints:
        return Hints(self.encoding, self.delimiter, self.sheet, self.header_row)


class When(_Part):
    """A row of the file gives a row of the fact only if all conditions hold."""

    column: str
    any_of: tuple[str, ...] | None = Field(default=None, alias="in")
    none_of: tuple[str, ...] | None = Field(default=None, alias="not_in")
    filled: bool | None = None


class Making(_Part):
    """How one column of a fact is made; exactly one of the makers is named."""

    column: str | None = None
    constant: str | None = None
    first: tuple[str, ...] | None = None  # the first filled of several columns
    sum: tuple[str, str] | None = None  # a moment and a duration
    join: tuple[str, ...] | None = None  # texts of several columns put together
    digest: tuple[str, ...] | None = None  # an id made of the content, for rows that have none
    minutes_of: str | None = None  # a duration (seconds or HH:MM:SS) in minutes
    entry: bool | None = None  # the first stage of the company's path
    prefix: str = ""
    separator: str = ":"
    piece: tuple[str, int] | None = None  # the n-th of the pieces between a sign: «google / cpc»
    whole: bool = False  # a fraction is rounded to a whole number, and told
    part: Part | None = None  # a part of a web address
    values: dict[str, str] = {}  # outside value → ours; compared without case
    otherwise: Literal["keep", "empty", "reject"] = "keep"
    is_any: tuple[str, ...] | None = Field(default=None, alias="is")  # a flag: is it one of these values

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_maker(self) -> Self:
        named = [maker for maker in _MAKERS if getattr(self, maker) is not None]
        if len(named) != 1:
            raise ValueError(f"exactly one of {', '.join(_MAKERS)} is needed, found: {', '.join(named) or 'none'}")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Headings of the file that this column is made of."""
        single = tuple(name for name in (self.column, self.minutes_of) if name is not None)
        return single + (self.first or ()) + (self.sum or ()) + (self.join or ()) + (self.digest or ())


class Section(_Part):
    """One fact table made of the rows of the file."""

    table: str
    when: tuple[When, ...] = ()
    columns: dict[str, Making]
    channel: dict[str, Making] = {}  # tags, click ids and other evidence of where the lead came from
    custom: dict[str, Making] = {}
    custom_rest: bool = False  # every heading that nothing names becomes a custom field
    together: dict[
        str, How
    ] = {}  # rows alike in all else are one record: these columns are added, listed or the main one

    @model_validator(mode="after")
    def _fits_the_table(self) -> Self:
        if self.table not in TABLES:
            raise ValueError(f"no table “{self.table}”. {did_you_mean(self.table, TABLES).en}")
        table = TABLES[self.table]
        if table.own:
            raise ValueError(f"{self.table} is written by the product, no file is read into it")
        for name in self.columns:
            if name not in table.names:
                raise ValueError(f"{self.table} has no column “{name}”. {did_you_mean(name, table.names).en}")
        _check_channel(self)
        _check_together(self)
        missing = [name for name in table.required if name not in self.columns]
        if missing:
            raise ValueError(f"{self.table} needs {', '.join(missing)}")
        wrong = [key for key in self.custom if not re.fullmatch(KEY, key)]
        if wrong:
            raise ValueError(f"a custom field is called in small Latin letters, digits and _: {', '.join(wrong)}")
        if (self.custom or self.custom_rest) and not table.open:
            raise ValueError(f"{self.table} has no custom fields, only leads do")
        return self

    @property
    def headings(self) -> tuple[str, ...]:
        makings = (*self.columns.values(), *self.channel.values(), *self.custom.values())
        named = [heading for making in makings for heading in making.columns]
        return tuple(dict.fromkeys([*named, *(condition.column for condition in self.when)]))


def _check_channel(section: Section) -> None:
    """The evidence of a channel is named by the words of ``facts.channels`` and fills columns of leads itself."""
    if not section.channel:
        return
    if section.table != "leads":
        raise ValueError(f"{section.table} has no channel, only leads do")
    known = (*COLUMNS, *CLICK_IDS, *EVIDENCE)
    wrong = [key for key in section.channel if key not in known]
    if wrong:
        raise ValueError(f"no evidence “{wrong[0]}”. {did_you_mean(wrong[0], known).en}")
    twice = [name for name in COLUMNS.values() if name in section.columns]
    if twice:
        raise ValueError(f"named twice, the channel fills them: {', '.join(twice)}")


def _check_together(section: Section) -> None:
    table = TABLES[section.table]
    for name, how in section.together.items():
        if name not in section.columns or name in table.key:
            raise ValueError(f"“{name}” is no column of this section that rows could differ in")
        if (how == "add") != (table.column(name).kind in NUMERIC_KINDS):
            raise ValueError(f"numbers are added, texts are listed: {name}")
    if "main" in section.together.values() and "add" not in section.together.values():
        raise ValueError("“main” is the text of the greatest sum: a column must be added for it")
    if section.together and table.identity == "slice":
        raise ValueError(f"every row of {section.table} counts on its own, none are put together")


class Check(_Part):
    """Something to be told of the file's own columns: the first sum is above the second, or a column is absent."""

    above: tuple[str, str] | None = None
    absent: str | None = None
    say: Names | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.above is None) == (self.absent is None) or (self.absent is None) != (self.say is None):
            raise ValueError("a check is either above, or absent with what to say")
        return self


class Mapping(_Part):
    """One TOML file: how it is recognised, how it is read, which facts it gives."""

    name: str = Field(pattern=KEY)
    title: Names
    headings: tuple[str, ...] = ()  # a file with all of these is recognised; «A | B» means one of the two
    lenient: bool = False  # headings beside those may be absent: their fields stay empty
    file: FileHints = FileHints()
    empty: tuple[str, ...] = ()  # values that mean «nothing»
    stages: dict[str, str] = {}  # outside stage → key of ours
    tables: tuple[Section, ...] = Field(alias="table")
    checks: tuple[Check, ...] = Field(default=(), alias="check")
    company: dict[str, Any] = {}  # proposed settings for an empty workspace

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if not self.tables:
            raise ValueError("at least one [[table]] is needed")
        return self

    @property
    def digest(self) -> str:
        """The same for the same content; a repeated load is known by it."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:16]

    def absent(self, headings: Iterable[str]) -> tuple[str, ...]:
        """Headings of recognition that a file lacks."""
        known = {plain(heading) for heading in headings}
        return tuple(heading for heading in self.headings if known.isdisjoint(alternatives(heading)))

    def fits(self, headings: Iterable[str]) -> bool:
        return not self.absent(headings)


@dataclass(frozen=True)
class Proposal:
    """How well a mapping fits the headings of a file: the share of its own headings that the file has."""

    mapping: Mapping
    share: float
    absent: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return not self.absent


def read_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file; raises :class:`WrongSetting` that names every wrong place."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(
            "no-mapping",
            Text(f"Схему «{path.name}» не удалось прочитать.", f"The mapping “{path.name}” cannot be read."),
        ) from error
    return parse_mapping(text, path.name)


def parse_mapping(text: str, where: str) -> Mapping:
    """The mapping of a TOML text; raises :class:`WrongSetting`."""
    try:
        return Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise WrongSetting(
            "bad-mapping-toml",
            Text(f"Схема «{where}» не читается как TOML: {error}", f"“{where}” is not TOML: {error}"),
        ) from error
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or where}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        )
        raise WrongSetting(
            "bad-mapping", Text(f"Ошибка в схеме «{where}»: {places}", f"Wrong in “{where}”: {places}")
        ) from error


@cache
def shipped() -> dict[str, Mapping]:
    """The mappings that come with the product, by name."""
    folder = resources.files("smarketing.connectors.files") / "mappings"
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            mapping = parse_mapping(entry.read_text(encoding="utf-8"), entry.name)
            found[mapping.name] = mapping
    return found


def shipped_text(name: str) -> str:
    """The TOML of a shipped mapping, to be copied and edited."""
    return (resources.files("smarketing.connectors.files") / "mappings" / f"{name}.toml").read_text("utf-8")


def named_mapping(name: str, own: Iterable[Mapping] = ()) -> Mapping:
    """A mapping by name; raises :class:`WrongSetting` with the nearest name."""
    known = {**shipped(), **{mapping.name: mapping for mapping in own}}
    if name not in known:
        hint = did_you_mean(name, known)
        raise WrongSetting(
            "unknown-mapping",
            Text(f"Схемы «{name}» нет. {hint.ru}", f"There is no mapping “{name}”. {hint.en}"),
        )
    return known[name]


def recognise(headings: Sequence[str], own: Iterable[Mapping] = ()) -> tuple[Proposal, ...]:
    """Mappings ranked by how well they fit; among those that fit fully the most particular one is first."""
    proposals = []
    for mapping in (*own, *shipped().values()):
        if mapping.headings:
            absent = mapping.absent(headings)
            share = 1 - len(absent) / len(mapping.headings)
            if share > 0:
                proposals.append(Proposal(mapping, share, absent))
    return tuple(
        sorted(proposals, key=lambda found: (found.fits, found.share, len(found.mapping.headings)), reverse=True)
    )


def nearly_recognised(file: str, nearest: Proposal) -> WrongInput:
    """What to say of a file that lacks little to be one we know: which columns, in each of their spellings."""
    missing = "; ".join(" / ".join(f"«{one}»" for one in heading.split(" | ")[:3]) for heading in nearest.absent)
    title = nearest.mapping.title.text
    return WrongInput(
        "nearly-recognised",
        Text(
            "Файл «{file}» похож на «{title}», но в нём нет столбцов: {missing}. Добавьте их в выгрузку и "
            "загрузите ещё раз или опишите файл своей схемой: проверка файла предложит черновик.",
            "The file “{file}” looks like “{title}”, but it lacks columns: {missing}. Add them to the export and "
            "load it again, or describe the file by a mapping of your own: a check of the file proposes a draft.",
        ).fill(file=file, title=title, missing=missing),
    )


def alternatives(heading: str) -> set[str]:
    """The spellings of one heading of recognition: «Дата | День»."""
    return {plain(spelling) for spelling in heading.split(" | ")}


def plain(heading: str) -> str:
    """A heading without case, outer spaces and the dots of ё, so that spellings meet."""
    return " ".join(heading.split()).casefold().replace("ё", "е")
