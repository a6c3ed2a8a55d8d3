"""A file of leads whose tags are dirty in five ways, read by a mapping with a channel."""

from __future__ import annotations

import json

import pytest

from smarketing.connectors.files.mapping import parse_mapping
from smarketing.facts.company import Channels, Company
from smarketing.facts.errors import WrongSetting
from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace
from tests.support.memory import at

MAPPING = """
name = "site"
title = { ru = "Сайт", en = "Site" }
headings = ["id", "date", "utm_source"]
[[table]]
table = "leads"
[table.columns]
lead_id = "id"
created_at = "date"
[table.channel]
utm_source = "utm_source"
utm_medium = "utm_medium"
utm_campaign = "utm_campaign"
yclid = "yclid"
crm_source = "crm"
"""
ROWS = """id,date,utm_source,utm_medium,utm_campaign,yclid,crm
1,2026-11-02,Яндекс.Директ,,Dealers+Moscow&,,
2,2026-11-02,cpc,yandex,{campaign_id},17,
3,2026-11-02,,,,17,Звонок
4,2026-11-02,,,,,Звонок
5,2026-11-02,,,,,
6,2026-11-02,ya spb,,,,
"""


def loaded(tmp_path):
    company = Company(channels=Channels(sources={"Ya SPB": "yandex"}))
    workspace = Workspace.init(tmp_path / "w", company)
    path = tmp_path / "site.csv"
    path.write_text(ROWS, encoding="utf-8")
    report = load(workspace, [path], mapping=parse_mapping(MAPPING, "site.toml"), known_until=at("2026-11-20"))
    with workspace.lake.open() as reader:
        question = (
            "SELECT lead_id, lead_source, medium, campaign, custom FROM journeys ORDER BY lead_id NULLS LAST"
        )
        return report, reader.query(question).to_pylist()


def test_rows_of_a_file_get_clean_channels_and_keep_what_was_written(tmp_path):
    report, rows = loaded(tmp_path)
    assert [(row["lead_source"], row["medium"], row["campaign"]) for row in rows] == [
        ("yandex", "cpc", "dealers moscow"), ("yandex", "cpc", None), ("yandex", "cpc", None),
        ("Звонок", None, None), (None, None, None), ("yandex", None, None),
    ]  # fmt: skip
    first, second, *_, unknown, _ = (json.loads(row["custom"]) for row in rows)
    assert first["utm_source_raw"] == "Яндекс.Директ"
    assert first["utm_campaign_raw"] == "Dealers+Moscow&"
    assert second["channel_rules"] == "macro, swapped"
    assert unknown == {"channel_by": "unknown"}
    assert report.counts["leads"].accepted == 6
    assert "custom-undeclared" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("written", "wrong", "said"),
    [
        ('utm_source = "utm_source"', 'utm_sorce = "utm_source"', "no evidence “utm_sorce”"),
        ('created_at = "date"', 'created_at = "date"\nlead_source = "crm"', "named twice"),
    ],
)
def test_channel_that_cannot_be_is_refused(written, wrong, said):
    with pytest.raises(WrongSetting, match="bad-mapping") as error:
        parse_mapping(MAPPING.replace(written, wrong, 1), "site.toml")
    assert said in error.value.text.en
