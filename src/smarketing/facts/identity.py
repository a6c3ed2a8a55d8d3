"""Is this the same person? Phones in E.164, e-mails in one spelling."""

from __future__ import annotations

from collections.abc import Iterable

import email_validator
import phonenumbers

EMPTY_VALUES = frozenset(
    {"", "-", "–", "—", ".", "нет", "no", "none", "null", "n/a", "select", "тест", "test", "0"}
)


def phone_e164(text: str, region: str = "RU") -> str | None:
    """A valid number as ``+79161234567``; None for anything a network would refuse."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email_plain(text: str) -> str | None:
    """A syntactically right address in lower case; None otherwise. Nothing is asked of the network."""
    try:
        found = email_validator.validate_email(text.strip(), check_deliverability=False)
    except email_validator.EmailNotValidError:
        return None
    return found.normalized.lower()


def one_id(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Id → the earliest id of the same thing, over any chain of (later, earlier) pairs; the earliest are left out.

    >>> one_id([("c", "b"), ("b", "a"), ("z", "y")])
    {'b': 'a', 'c': 'a', 'z': 'y'}
    """
    known = list(pairs)
    later = {one for one, _ in known}
    groups: dict[str, set[str]] = {}
    for pair in known:
        # The smaller group moves into the larger one: ten thousand pairs are no work then.
        small, large = sorted((groups.get(one) or {one} for one in pair), key=len)
        large |= small
        groups |= dict.fromkeys(small, large) if large is not small else {}
        groups |= dict.fromkeys(pair, large)
    found: dict[str, str] = {}
    for group in {id(group): group for group in groups.values()}.values():
        earliest = min(group, key=lambda one: (one in later, one))
        found |= {one: earliest for one in group if one != earliest}
    return dict(sorted(found.items()))


def is_filled(text: str | None) -> bool:
    """Whether a person wrote something: dashes, «нет», «Select» and the like count as empty."""
    return text is not None and text.strip().lower() not in EMPTY_VALUES


def masked_phone(phone: str) -> str:
    """+79161234567 → +7916•••4567."""
    return f"{phone[:5]}•••{phone[-4:]}" if len(phone) > 8 else "•••"


def masked_email(address: str) -> str:
    """ivan@mail.ru → i•••@mail.ru."""
    person, at, host = address.partition("@")
    return f"{person[:1]}•••{at}{host}"
