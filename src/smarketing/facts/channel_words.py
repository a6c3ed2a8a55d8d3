"""Which words for sources and mediums are known from the start? The company adds its own in its settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from rapidfuzz.distance import OSA

# Other spelling → source. Spellings are plain: see :func:`plain_word`.
SOURCES: Mapping[str, str] = {
    **dict.fromkeys(
        ("ya", "yandex ru", "yandexdirect", "yadirect", "ydirect", "direct yandex", "yandeks",
         "direkt"), "yandex"),
    **dict.fromkeys(("vkontakte", "vk com", "vkads", "ads vk", "vkontakte ru"), "vk"),
    **dict.fromkeys(("google com", "googleads", "adwords", "gads", "gugl"), "google"),
    **dict.fromkeys(("my target", "target my", "mytarget ru"), "mytarget"),
    **dict.fromkeys(("tg", "telegramm", "t me", "telega"), "telegram"),
    **dict.fromkeys(("fb", "facebook com", "feysbuk", "m facebook com"), "facebook"),
    **dict.fromkeys(("ig", "insta", "instagram com", "l instagram com"), "instagram"),
    **dict.fromkeys(("e mail", "mail", "newsletter", "rassylka", "unisender", "sendpulse"), "email"),
    **dict.fromkeys(("youtube com", "yt", "yutub"), "youtube"),
    **dict.fromkeys(("tik tok", "tiktok com"), "tiktok"),
    **dict.fromkeys(("avito ru",), "avito"),
    **dict.fromkeys(("whats app", "wa", "wa me"), "whatsapp"),
    **dict.fromkeys(("2gis ru", "2 gis", "dvagis"), "2gis"),
    **dict.fromkeys(("dzen", "zen", "zen yandex", "dzen ru"), "zen"),
    **dict.fromkeys(("ok ru", "odnoklassniki"), "ok"),
    "(direct)": "direct",
}  # fmt: skip

MEDIUMS: Mapping[str, str] = {
    **dict.fromkeys(("ppc", "cpa", "paid", "paidsearch", "paid search", "kontekst",
                     "kontekstnaya reklama"), "cpc"),
    **dict.fromkeys(("smm", "social media", "socialmedia", "paid social", "paidsocial", "socseti"), "social"),
    **dict.fromkeys(("e mail", "mail", "newsletter", "rassylka"), "email"),
    **dict.fromkeys(("ref", "link"), "referral"),
    **dict.fromkeys(("qr code", "qrcode"), "qr"),
    **dict.fromkeys(("oflayn",), "offline"),
    **dict.fromkeys(("seo", "organika"), "organic"),
}  # fmt: skip

# Where in an ad system, told instead of a medium.
PLACES: Mapping[str, str] = dict.fromkeys(
    ("search", "context", "direct", "direkt", "network", "rsya", "ads", "ad", "adwords", "reklama", "retargeting"),
    "cpc",
)

_MORE_MEDIUMS = frozenset({"cpc", "cpm", "social", "email", "referral", "qr", "offline", "organic", "sms", "push"})
_MORE_SOURCES = frozenset({"yandex", "vk", "google", "bing", "direct", "partner", "site"})

EMPTY_WORDS = frozenset(
    {"-", "–", "—", ".", "(not set)", "(none)", "(not provided)", "not set", "none", "null", "nan", "undefined",
     "unknown", "n/a", "нет", "не указан", "не указано", "неизвестно", "[object object]"}
)  # fmt: skip

# Written by the platform itself at the click: tag → source, medium. The first one found speaks.
CLICK_IDS: Mapping[str, tuple[str, str | None]] = {
    "yclid": ("yandex", "cpc"),
    "gclid": ("google", "cpc"),
    "gbraid": ("google", "cpc"),
    "wbraid": ("google", "cpc"),
    "rb_clickid": ("vk", "cpc"),
    "ttclid": ("tiktok", "cpc"),
    "msclkid": ("bing", "cpc"),
    "fbclid": ("facebook", None),  # on every link out of it, paid or not
    "ysclid": ("yandex", "organic"),
}

BOTS = re.compile(r"bot\b|crawl|spider|headless|python-requests|curl/|phantomjs", re.IGNORECASE)

_SHORTEST_TYPO = 5


@cache
def known_sources() -> frozenset[str]:
    return frozenset(SOURCES.values()) | _MORE_SOURCES


@cache
def known_mediums() -> frozenset[str]:
    return frozenset(MEDIUMS.values()) | _MORE_MEDIUMS


def plain_word(text: str) -> str:
    """A word as dictionaries compare it: small letters, any run of separators as one blank.

    >>> plain_word("Yandex.Direct"), plain_word("vk_ads"), plain_word("(direct)")
    ('yandex direct', 'vk ads', '(direct)')
    """
    return re.sub(r"[\s._\-|/:;,]+", " ", text.lower()).strip()


def nearest_word(text: str, known: Iterable[str]) -> str | None:
    """The one known word that is one slip of the finger away; None for short words, digits and ties.

    >>> nearest_word("yadnex", {"yandex", "vk"}), nearest_word("google2", {"google"}), nearest_word("vl", {"vk"})
    ('yandex', None, None)
    """
    if len(text) < _SHORTEST_TYPO or not text.isalpha():
        return None
    near = [
        word for word in known if len(word) >= _SHORTEST_TYPO and OSA.distance(text, word, score_cutoff=1) == 1
    ]
    return near[0] if len(near) == 1 else None
