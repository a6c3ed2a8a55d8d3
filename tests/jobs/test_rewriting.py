"""A company.toml that its owner wrote, with comments everywhere, and what the product changes in it."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from importlib.resources import files

import pytest

from smarketing.facts.company import CampaignPair, Company, Guardrail, Segment, Since, Stage, parse_company
from smarketing.jobs.rewriting import rewritten
from smarketing.jobs.settings import company_toml
from smarketing.jobs.workspace import Workspace

OWN = """# Наша компания
name = "Качели" # как в договоре
currency = "RUB"

# часы как в офисе
[working_hours]
days = [1, 2, 3, 4, 5] # суббота — дежурный
opens = 10:00:00

# Путь лида
# (так договорились в мае)
[[stages]]
key = "new" # первая
name = { ru = "Новый", en = "New" }

# сюда попадают после звонка
[[stages]]
key = "won"
name = { ru = "Продажа", en = "Won" }
milestone = "won"
aliases = [
  "Успех", # Битрикс
  "Оплачено",
]

# [[campaign_pairs]]

# юань с января
[rates]
CNY = 12.5 # по ЦБ
"""
COMMENTS = [line.split("#", 1)[1] for line in OWN.splitlines() if "#" in line and "[[" not in line]


@pytest.fixture
def own():
    return parse_company(tomllib.loads(OWN))


def changed(company, **fields):
    after = company.model_copy(update=fields)
    text = rewritten(OWN, after)
    assert text is not None
    assert parse_company(tomllib.loads(text)) == after
    return text


def added(text):
    """Lines that are new, and lines that are gone."""
    before, after = OWN.splitlines(), text.splitlines()
    return [line for line in after if line not in before], [line for line in before if line not in after]


def test_nothing_changed_is_the_same_file(own):
    assert rewritten(OWN, own) == OWN


def test_pair_comes_where_its_commented_header_stands(own):
    pair = CampaignPair(
        lead_source="vk", report="Весна", crm="vesna_new", said_on=date(2026, 11, 20), said_by="alice"
    )
    text = changed(own, campaign_pairs=(pair,))
    new = ["[[campaign_pairs]]", 'lead_source = "vk"', 'report = "Весна"', 'crm = "vesna_new"', "same = true",
           "said_on = 2026-11-20", 'said_by = "alice"']  # fmt: skip
    assert added(text) == (new, ["# [[campaign_pairs]]"])
    assert text.index("[[stages]]") < text.index("[[campaign_pairs]]") < text.index("# юань с января\n[rates]")
    second = pair.model_copy(update={"crm": "vesna_2"})
    more = own.model_copy(update={"campaign_pairs": (pair, second)})
    twice = rewritten(text, more)
    assert twice is not None
    assert [line for line in twice.splitlines() if line not in text.splitlines()] == ['crm = "vesna_2"']
    assert rewritten(twice, own) is not None
    assert all(comment in rewritten(twice, own) for comment in COMMENTS)


def test_new_stage_comes_between_others_and_leaves_their_comments(own):
    stage = Stage(key="offer", name={"ru": "КП", "en": "Offer"}, aliases=("КП",))
    text = changed(own, stages=(own.stages[0], stage, own.stages[1]))
    assert added(text)[1] == []
    assert text.index('key = "offer"') < text.index("# сюда попадают после звонка\n[[stages]]")
    assert all(comment in text for comment in COMMENTS)


def test_changed_stage_keeps_its_other_lines(own):
    won = own.stages[1].model_copy(update={"sla_minutes": 60, "name": Stage(
        key="x", name={"ru": "Оплата", "en": "Won"}).name})  # fmt: skip
    text = changed(own, stages=(own.stages[0], won))
    assert added(text) == (
        ['name = { ru = "Оплата", en = "Won" }', "sla_minutes = 60"], ['name = { ru = "Продажа", en = "Won" }']
    )  # fmt: skip


def test_stage_that_went_leaves_the_comment_of_the_section(own):
    text = changed(own, stages=own.stages[1:])
    assert "# Путь лида\n# (так договорились в мае)" in text
    assert "# [[campaign_pairs]]" in text


def test_plain_settings_and_tables_change_in_their_place(own):
    hours = own.working_hours.model_copy(update={"days": (1, 2, 3)})
    text = changed(own, name="Карусели", working_hours=hours, rates={"CNY": Decimal("12.5"), "USD": Decimal(90)})
    assert 'name = "Карусели" # как в договоре' in text
    assert "days = [1, 2, 3] # суббота — дежурный" in text
    assert "CNY = 12.5 # по ЦБ\nUSD = 90" in text
    assert all(comment in text for comment in COMMENTS)


def test_new_section_without_a_place_comes_at_the_end_with_its_comment(own):
    text = changed(own, segments=(Segment(key="dealers", name={"ru": "Дилеры", "en": "Dealers"}, focus=True),))
    assert text.startswith(OWN.rstrip("\n"))
    assert "focus — фокусный" in text.removeprefix(OWN)


def test_setting_that_was_not_in_the_file_joins_the_others(own):
    text = changed(own, response_sla_minutes=30, vat=(Since(since=date(2026, 1, 1), rate=Decimal("0.22")),))
    assert added(text)[1] == []


def test_file_that_cannot_be_changed_in_part_is_said_to_be_so(own):
    inline = 'stages = [{ key = "new", name = { ru = "Новый", en = "New" } }]\n'
    company = parse_company(tomllib.loads(inline))
    more = company.model_copy(update={"stages": (*company.stages, own.stages[1])})
    assert rewritten(inline, more) is None
    assert rewritten("not toml at all", own) is None


def test_workspace_writes_such_a_file_whole_rather_than_wrong(tmp_path, own):
    workspace = Workspace.init(tmp_path / "w", own)
    workspace.company_path.write_text('stages = [{ key = "new", name = { ru = "Н", en = "N" } }]\n', "utf-8")
    workspace.write_company(own)
    assert workspace.company == own


@pytest.mark.parametrize(
    "fields",
    [
        {"guardrails": (Guardrail(metric="cpl", limit=Decimal(1500)),)},
        {"stages": ()},
        {"seller_quality": {}},
        {"campaign_pairs": (CampaignPair(lead_source="a", report="b", crm="c", same=False),)},
        {"language": "en", "purchase": "payment"},
    ],
)
def test_every_setting_of_the_demo_can_change_without_a_lost_comment(fields):
    text = files("smarketing.jobs.demo").joinpath("company.toml").read_text("utf-8")
    after = parse_company(tomllib.loads(text)).model_copy(update=fields)
    made = rewritten(text, after)
    assert made is not None
    assert parse_company(tomllib.loads(made)) == after
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in comments if line not in made.splitlines()] == []


def test_new_workspace_fills_its_commented_places():
    text = company_toml(Company())
    stage = Stage(key="new", name={"ru": "Новый", "en": "New"})
    made = rewritten(text, Company(stages=(stage,)))
    assert made is not None
    assert "# [[stages]]" not in made
    assert "# [[segments]]" in made
