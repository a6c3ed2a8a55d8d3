"""Expected values from methods.md (j)."""

from __future__ import annotations

import pytest

from smarketing.facts.identity import email_plain, is_filled, masked_email, masked_phone, phone_e164


@pytest.mark.parametrize("text", ["+7 (916) 123-45-67", "8 916 123 45 67", "89161234567", "9161234567"])
def test_spellings_of_one_phone_are_one_number(text):
    assert phone_e164(text) == "+79161234567"


@pytest.mark.parametrize("text", ["+7 111 111 11 11", "0000000000", "112", "нет", ""])
def test_phone_that_no_network_takes_is_none(text):
    assert phone_e164(text) is None


def test_phones_of_other_kinds_are_valid():
    assert phone_e164("8 800 555 35 35") == "+78005553535"
    assert phone_e164("+375 29 123-45-67") == "+375291234567"


def test_email_is_lower_case_and_checked_without_network():
    assert email_plain(" Ivan@Mail.RU ") == "ivan@mail.ru"
    assert email_plain("Иван@почта.рф") is not None
    assert email_plain("ivan@mail") is None
    assert email_plain("ivan..p@mail.ru") is None


@pytest.mark.parametrize("text", ["-", ".", "нет", "0", "Select", " тест ", "", None])
def test_words_that_say_nothing_are_empty(text):
    assert not is_filled(text)


def test_masks_hide_the_middle():
    assert masked_phone("+79161234567") == "+7916•••4567"
    assert masked_email("ivan@mail.ru") == "i•••@mail.ru"
