"""Under which key is a custom field kept when its heading is «Уровень языка»?"""

from __future__ import annotations

import re

from smarketing.facts.spelling import latin


def slug(heading: str) -> str:
    """A heading as a key of company.toml.

    >>> slug("Уровень языка"), slug("Level of Deutsch"), slug("2-й телефон")
    ('uroven_yazyka', 'level_of_deutsch', 'f_2_y_telefon')
    """
    key = re.sub(r"[^a-z0-9]+", "_", latin(heading)).strip("_")
    return key if key[:1].isalpha() else f"f_{key}"
