"""Where did a lead come from, once the dirt is off its UTM tags?

A pure function for every edge at which leads come in. It keeps what was written, gives the clean value and names
every rule that fired, so that a person can see why «yandex|search» stands under yandex.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from smarketing.facts.channel_words import (
    BOTS,
    CLICK_IDS,
    EMPTY_WORDS,
    MEDIUMS,
    PLACES,
    SOURCES,
    known_mediums,
    known_sources,
    nearest_word,
    plain_word,
)
from smarketing.facts.company import Channels
from smarketing.facts.language import Text
from smarketing.facts.spelling import as_latin_letters, latin, one_alphabet
from smarketing.facts.tag_letters import (
    decoded,
    first_value,
    host,
    without_edges,
    without_macros,
    without_plus,
)

CUT_AT = 255
# Tag → column of ``leads``.
COLUMNS = {
    "utm_source": "lead_source",
    "utm_medium": "medium",
    "utm_campaign": "campaign",
    "utm_content": "ad",
    "utm_term": "keyword",
}

# Custom fields that the cleaning leaves on a lead.
KEPT_FIELDS = (*(f"{tag}_raw" for tag in COLUMNS), "channel_rules", "channel_by")


class Rule(StrEnum):
    """What was done to a value, or is odd about it."""

    BLANKS = "blanks"
    TRAILING = "trailing"
    PERCENT = "percent"
    PLUS = "plus"
    CASE = "case"
    LOOK_ALIKE = "look_alike"
    MACRO = "macro"
    EMPTY_WORD = "empty_word"
    TWO_VALUES = "two_values"
    COMPOUND = "compound"
    SWAPPED = "swapped"
    TRANSLITERATION = "transliteration"
    DICTIONARY = "dictionary"
    TYPO = "typo"
    CUT = "cut"
    INTERNAL = "internal"
    CLICK_ID = "click_id"
    CLICK_ID_CONTRADICTS = "click_id_contradicts"
    BOT = "bot"


RULES: Mapping[Rule, Text] = {
    Rule.BLANKS: Text("лишние пробелы", "extra blanks"),
    Rule.TRAILING: Text("кавычки, & или # по краям", "quotes, & or # at the ends"),
    Rule.PERCENT: Text("процентная кодировка", "percent-encoding"),
    Rule.PLUS: Text("плюс вместо пробела", "plus for a blank"),
    Rule.CASE: Text("строчные буквы", "small letters"),
    Rule.LOOK_ALIKE: Text("похожие буквы другой азбуки", "look-alikes of another alphabet"),
    Rule.MACRO: Text("макрос не подставлен", "macro not filled in"),
    Rule.EMPTY_WORD: Text("слово вместо пустого", "a word for nothing"),
    Rule.TWO_VALUES: Text("два значения в одном", "two values in one"),
    Rule.COMPOUND: Text("источник вместе с каналом", "source and medium in one"),
    Rule.SWAPPED: Text("источник и канал переставлены", "source and medium swapped"),
    Rule.TRANSLITERATION: Text("записано кириллицей", "written in Cyrillic"),
    Rule.DICTIONARY: Text("словарь", "dictionary"),
    Rule.TYPO: Text("опечатка", "a typo"),
    Rule.CUT: Text("обрезано на 255 знаках", "cut at 255 characters"),
    Rule.INTERNAL: Text("ссылка внутри своего сайта", "a link inside the own site"),
    Rule.CLICK_ID: Text("по метке клика", "by the click id"),
    Rule.CLICK_ID_CONTRADICTS: Text("метка клика говорит другое", "the click id says otherwise"),
    Rule.BOT: Text("робот", "a bot"),
}


class Origin(StrEnum):
    """Which evidence gave the source, in the order of their weight."""

    UTM = "utm"
    CLICK_ID = "click_id"
    CRM = "crm"
    FORM = "form"
    LINE = "line"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fired:
    """One rule at work on one tag. ``after`` is None where nothing was left."""

    tag: str
    rule: Rule
    before: str
    after: str | None


@dataclass(frozen=True)
class CleanUtm:
    """The channel of one lead. Columns of ``leads``, what was written, what was done and on which evidence."""

    lead_source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    ad: str | None = None
    keyword: str | None = None
    origin: Origin = Origin.UNKNOWN
    raw: Mapping[str, str] = field(default_factory=dict)  # tag → text as written, every tag that was filled
    fired: tuple[Fired, ...] = ()
    is_bot: bool = False

    @property
    def columns(self) -> dict[str, str | None]:
        """Columns of ``leads``."""
        return {column: getattr(self, column) for column in COLUMNS.values()}

    @property
    def custom(self) -> dict[str, str]:
        """Custom fields: ``utm_*_raw`` where the clean value differs, the rules, and the evidence."""
        clean = self.columns
        kept = {
            f"{tag}_raw": text for tag, text in self.raw.items() if tag in COLUMNS and clean[COLUMNS[tag]] != text
        }
        if self.fired:
            kept["channel_rules"] = ", ".join(dict.fromkeys(one.rule.value for one in self.fired))
        return {**kept, "channel_by": self.origin.value}


def clean_utm(
    tags: Mapping[str, str | None],
    channels: Channels | None = None,
    *,
    crm_source: str | None = None,
    web_form: str | None = None,
    call_line: str | None = None,
    agent: str | None = None,
) -> CleanUtm:
    """The channel of a lead: tags > click id > the CRM's source > web form > called number > unknown.

    ``tags``: ``utm_source`` … ``utm_term`` as they were written, click ids (``yclid``, ``gclid``, …) beside them.
    ``agent``: the browser's own name of itself. Nothing is guessed: without evidence the source stays None.

    >>> found = clean_utm({"utm_source": "Yandex|search", "utm_campaign": "%7Bcampaign_id%7D"})
    >>> found.lead_source, found.medium, found.campaign, [one.rule.value for one in found.fired]
    ('yandex', 'cpc', None, ['case', 'percent', 'macro', 'compound'])
    """
    own = channels or Channels()
    raw = {tag: text for tag, text in tags.items() if text is not None and text.strip()}
    cleaner = _Cleaner(own)
    found = cleaner.tags(raw)
    if own.trust_click_id and _contradicts(found, raw):
        found = replace(found, lead_source=None)
    if found.lead_source is None:
        found = _filled(found, _without_tags(raw, own, crm_source, web_form, call_line))
    if found.origin is Origin.UTM and _contradicts(found, raw):
        clicked = CLICK_IDS[_click_id(raw) or ""][0]
        said = Fired("utm_source", Rule.CLICK_ID_CONTRADICTS, found.lead_source or "", clicked)
        found = replace(found, fired=(*found.fired, said))
    return _judged(replace(found, raw=raw), agent)


def clean_campaign(text: str | None, channels: Channels | None = None) -> str | None:
    """A campaign's name as an ad account writes it, cleaned by the same rules as the tag of a lead."""
    return clean_utm({"utm_campaign": text}, channels).campaign


class _Cleaner:
    """Cleans the tags of one lead and writes down every rule that fired."""

    def __init__(self, own: Channels) -> None:
        self.own = own
        self.fired: list[Fired] = []

    def tags(self, raw: Mapping[str, str]) -> CleanUtm:
        values = {tag: self._text(tag, raw.get(tag)) for tag in COLUMNS}
        spelled = (self._in_latin(tag, values[tag]) for tag in ("utm_source", "utm_medium"))
        source, medium = self._split(*spelled)
        source, medium = self._swapped(source, medium)
        source = self._source(source)
        medium = self._medium(medium)
        campaign = self._campaign(values["utm_campaign"])
        origin = Origin.UTM if source else Origin.UNKNOWN
        return CleanUtm(
            source, medium, campaign, values["utm_content"], values["utm_term"], origin, fired=tuple(self.fired)
        )

    # --- the letters of one tag ---

    def _text(self, tag: str, text: str | None) -> str | None:
        if text is None:
            return None
        if len(text) >= CUT_AT:
            self._note(tag, Rule.CUT, text, text)
        steps = (
            (Rule.PERCENT, decoded),
            (Rule.TRAILING, without_edges),
            (Rule.PLUS, without_plus),
            (Rule.BLANKS, lambda said: " ".join(said.split())),
            (Rule.MACRO, without_macros),
            (Rule.TWO_VALUES, lambda said: first_value(said, any_two=tag in ("utm_source", "utm_medium"))),
            (Rule.LOOK_ALIKE, one_alphabet),
            (Rule.CASE, str.lower),
            (Rule.EMPTY_WORD, lambda said: "" if said in EMPTY_WORDS else said),
        )
        for rule, step in steps:
            after = step(text)
            if after != text:
                self._note(tag, rule, text, after or None)
            if not after:
                return None
            text = after
        return text

    # --- the words ---

    def _in_latin(self, tag: str, text: str | None) -> str | None:
        """«срс» and «вк» as the words they stand for; a word that stands for none stays as it is."""
        if text is None or self._stands_for_something(text):
            return text
        for rule, said in ((Rule.LOOK_ALIKE, as_latin_letters(text)), (Rule.TRANSLITERATION, latin(text))):
            if said != text and self._stands_for_something(said):
                return self._changed(tag, rule, text, said)
        return text

    def _stands_for_something(self, text: str) -> bool:
        known = self._known_source(text) or self._known_medium(text) is not None
        return known or self._compound(text) is not None

    def _split(self, source: str | None, medium: str | None) -> tuple[str | None, str | None]:
        """«yandex|search» is a source and a place of it."""
        if source is None or self._known_source(source):
            return source, medium
        found = self._compound(source)
        if found is None:
            return source, medium
        self._note("utm_source", Rule.COMPOUND, source, found[0])
        return found[0], medium or found[1]

    def _compound(self, text: str) -> tuple[str, str] | None:
        first, _, second = plain_word(text).partition(" ")
        if not second or not self._known_source(first):
            return None
        found = PLACES.get(second) or self._known_medium(second)
        return None if found is None else (first, found)

    def _swapped(self, source: str | None, medium: str | None) -> tuple[str | None, str | None]:
        if source is None or self._known_source(source) or self._known_medium(source) is None:
            return source, medium
        # A word such as «referral» alone says at least something; «cpc» alone says nothing of where from.
        if not self._known_source(medium) if medium else source not in ("cpc", "cpm"):
            return source, medium
        self._note("utm_source", Rule.SWAPPED, source, medium)
        return medium, source

    def _source(self, text: str | None) -> str | None:
        if text is not None and plain_word(host(text)) in {plain_word(host(site)) for site in self.own.own_sites}:
            self._note("utm_source", Rule.INTERNAL, text, None)
            return None
        return self._word("utm_source", text, self._aliases("sources"), SOURCES, known_sources())

    def _medium(self, text: str | None) -> str | None:
        return self._word("utm_medium", text, self._aliases("mediums"), MEDIUMS, known_mediums())

    def _campaign(self, text: str | None) -> str | None:
        return self._word("utm_campaign", text, self._aliases("campaigns"), {}, frozenset())

    def _word(
        self, tag: str, text: str | None, own: Mapping[str, str], ours: Mapping[str, str], known: frozenset[str]
    ) -> str | None:
        """A word by the company's dictionary, by ours, by its Latin letters, or by its nearest known word."""
        if text is None:
            return None
        if plain_word(text) in own:
            return self._changed(tag, Rule.DICTIONARY, text, own[plain_word(text)] or None)
        if text in known or not known:
            return text
        if plain_word(text) in ours:
            return self._changed(tag, Rule.DICTIONARY, text, ours[plain_word(text)])
        near = nearest_word(latin(text), {*known, *own.values()})
        return text if near is None else self._changed(tag, Rule.TYPO, text, ours.get(near, near))

    def _known_source(self, text: str) -> bool:
        word = plain_word(text)
        return text in known_sources() or word in SOURCES or word in self._aliases("sources")

    def _known_medium(self, text: str) -> str | None:
        word = plain_word(text)
        return text if text in known_mediums() else MEDIUMS.get(word) or self._aliases("mediums").get(word)

    def _aliases(self, kind: str) -> Mapping[str, str]:
        return {plain_word(outside): ours for outside, ours in getattr(self.own, kind).items()}

    def _changed(self, tag: str, rule: Rule, before: str, after: str | None) -> str | None:
        if after != before:
            self._note(tag, rule, before, after)
        return after

    def _note(self, tag: str, rule: Rule, before: str, after: str | None) -> None:
        self.fired.append(Fired(tag, rule, before, after))


# --- other evidence ---


def _click_id(raw: Mapping[str, str]) -> str | None:
    return next((tag for tag in CLICK_IDS if tag in raw), None)


def _contradicts(found: CleanUtm, raw: Mapping[str, str]) -> bool:
    clicked = _click_id(raw)
    return clicked is not None and found.lead_source not in (None, CLICK_IDS[clicked][0])


def _without_tags(
    raw: Mapping[str, str], own: Channels, crm_source: str | None, web_form: str | None, call_line: str | None
) -> CleanUtm:
    """The channel by the heaviest evidence that is left."""
    found = _by_click(raw)
    if found.lead_source is None:
        found = _by_name(crm_source, own.sources, Origin.CRM, keep=True)
    if found.lead_source is None:
        found = _by_name(web_form, own.forms, Origin.FORM, keep=False)
    if found.lead_source is None:
        found = _by_line(call_line, own.lines)
    return found


def _by_click(raw: Mapping[str, str]) -> CleanUtm:
    clicked = _click_id(raw)
    if clicked is None:
        return CleanUtm()
    lead_source, medium = CLICK_IDS[clicked]
    fired = (Fired(clicked, Rule.CLICK_ID, raw[clicked], lead_source),)
    return CleanUtm(lead_source, medium, origin=Origin.CLICK_ID, fired=fired)


def _by_name(text: str | None, own: Mapping[str, str], origin: Origin, *, keep: bool) -> CleanUtm:
    """By the company's dictionary; the CRM's own name of a source is kept where the dictionary has none."""
    said = " ".join((text or "").split())
    if not said or said.lower() in EMPTY_WORDS:
        return CleanUtm()
    aliases = {plain_word(outside): ours for outside, ours in own.items()}
    if plain_word(said) in aliases:
        found = aliases[plain_word(said)] or None
        fired = (Fired(origin.value, Rule.DICTIONARY, said, found),) if found != said else ()
        return CleanUtm(found, origin=origin if found else Origin.UNKNOWN, fired=fired)
    return CleanUtm(said, origin=origin) if keep else CleanUtm()


def _by_line(number: str | None, own: Mapping[str, str]) -> CleanUtm:
    digits = _digits(number or "")
    found = next((ours for line, ours in own.items() if digits and _digits(line) == digits), None)
    return CleanUtm(found, origin=Origin.LINE) if found else CleanUtm()


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number)[-10:]


def _filled(found: CleanUtm, other: CleanUtm) -> CleanUtm:
    return replace(
        found,
        lead_source=other.lead_source,
        medium=found.medium or other.medium,
        origin=other.origin,
        fired=(*found.fired, *other.fired),
    )


def _judged(found: CleanUtm, agent: str | None) -> CleanUtm:
    if agent is None or not BOTS.search(agent):
        return found
    return replace(found, is_bot=True, fired=(*found.fired, Fired("agent", Rule.BOT, agent, None)))
