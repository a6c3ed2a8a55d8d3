"""Which names are one campaign, once a person has said so?

Every pair joins a name of the ad report with a name that leads carry. Names joined by any chain of pairs are one
campaign, called as the first of its pairs calls it in the report; facts keep what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from smarketing.facts.company import CampaignPair
from smarketing.facts.spelling import latin, one_alphabet

Campaign = tuple[str, str]  # source, name

# One Russian letter is written in Latin in several ways.
_SPELLINGS = (("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("tz", "ts"), ("iy", "y"), ("yo", "e"), ("ks", "x"))


def one_name(pairs: Iterable[CampaignPair]) -> Mapping[Campaign, str]:
    """Source and name → the name under which every figure counts it; names that keep theirs are left out.

    >>> one_name([CampaignPair(lead_source="vk", report="a", crm="b"), CampaignPair(lead_source="vk", report="c",
    ...          crm="b"), CampaignPair(lead_source="vk", report="x", crm="y", same=False)])
    {('vk', 'b'): 'a', ('vk', 'c'): 'a'}
    """
    groups: list[tuple[str, frozenset[Campaign]]] = []
    for pair in pairs:
        if pair.same:
            both = frozenset({(pair.lead_source, pair.report), (pair.lead_source, pair.crm)})
            met = [group for group in groups if group[1] & both]
            name = met[0][0] if met else pair.report
            rest = [group for group in groups if group not in met]
            groups = [*rest, (name, both.union(*(group[1] for group in met)))]
    found = {key: name for name, keys in groups for key in keys if key[1] != name}
    return dict(sorted(found.items()))


def plain_campaign(name: str) -> str:
    """A name as it is compared: one alphabet, small letters, words and numbers apart.

    >>> plain_campaign("Площадки_ЖК-2026"), plain_campaign("ploshadki.zhk 2026")
    ('ploshadki zhk 2026', 'ploshadki zhk 2026')
    """
    text = latin(one_alphabet(name))
    for spelling, plain in _SPELLINGS:
        text = text.replace(spelling, plain)
    return " ".join(re.findall(r"[^\W\d_]+|\d+", text))
