from __future__ import annotations

import pytest

from smarketing.facts.errors import did_you_mean
from smarketing.facts.language import Text, plural


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (0, "лидов"),
        (1, "лид"),
        (2, "лида"),
        (5, "лидов"),
        (11, "лидов"),
        (12, "лидов"),
        (21, "лид"),
        (104, "лида"),
    ],
)
def test_word_agrees_with_number(number, word):
    assert plural(number, ("лид", "лида", "лидов"), ("lead", "leads")).ru == word


def test_fill_says_inner_texts_in_their_language():
    filled = Text("{n} {what}", "{n} {what}").fill(n=3, what=Text("лида", "leads"))
    assert filled == Text("3 лида", "3 leads")


def test_nothing_near_lists_what_is_known():
    assert did_you_mean("zzz", ["b", "a"]) == Text("Известны: a, b.", "Known: a, b.")
