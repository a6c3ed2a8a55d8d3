from __future__ import annotations

from smarketing.facts.spelling import as_latin_letters, latin, one_alphabet


def test_russian_letters_have_latin_ones():
    assert latin("Щётка №5, Объём") == "schetka №5, obem"


def test_word_of_two_alphabets_is_written_in_the_one_that_holds_it_whole():
    assert one_alphabet("yаndех") == "yandex"  # Cyrillic а, е, х
    assert one_alphabet("рынoк") == "рынок"  # Latin o
    assert one_alphabet("яndex") == "яndex"  # neither alphabet holds both я and d
    assert one_alphabet("VIP-клиент") == "VIP-клиент"


def test_look_alikes_of_a_whole_word_become_latin():
    assert as_latin_letters("срс") == "cpc"
