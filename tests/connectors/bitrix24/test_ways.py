"""How does a card's way through the pipelines become moves through the company's stages?"""

from __future__ import annotations

from smarketing.connectors.bitrix24 import findings
from smarketing.connectors.bitrix24.pipelines import settings
from smarketing.connectors.outside.mirror import Mirror
from smarketing.facts.company import Milestone, parse_company
from tests.connectors.bitrix24.told import OPTIONS, Told, at, utc


def test_history_of_lead_and_deal_is_one_way(told: Told) -> None:
    told.lead(12, "CONVERTED", "S")
    told.deal(77, "C7:MEASURE", leadId=12, categoryId=7)
    told.moves("leads", 12, ("NEW", at(1), 1), ("IN_PROCESS", at(2), 2), ("CONVERTED", at(3), 3))
    told.moves("deals", 77, ("NEW", at(3, 13), 1), ("C7:NEW", at(4), 5), ("C7:MEASURE", at(5), 2))
    assert told.way("L12") == [
        ("ne_obrabotan", utc(1)),
        ("lid_v_rabote", utc(2)),
        ("kachestvennyy_lid", utc(3)),
        ("novaya", utc(3, 13)),
        ("novaya", utc(4)),
        ("zamer", utc(5)),
    ]


def test_way_without_a_beginning_begins_where_cards_begin_and_says_so(told: Told) -> None:
    told.lead(12, "PROCESSED")
    told.moves("leads", 12, ("PROCESSED", at(5), 2))
    assert told.way("L12") == [("ne_obrabotan", utc(1)), ("obrabotan", utc(5))]
    assert '"beginning": "assumed"' in told.one("leads", "L12")["custom"]


def test_card_without_any_history_is_in_its_stage_since_nobody_knows_when(told: Told) -> None:
    told.deal(77, "PREPARATION")
    assert told.way("D77") == [("novaya", utc(1)), ("podgotovka_dokumentov", None)]


def test_move_that_only_we_saw_is_added_and_known_ones_are_not_doubled(told: Told) -> None:
    told.lead(12, "IN_PROCESS", movedTime=at(4))
    told.lead(12, "PROCESSED", movedTime=at(6), movedBy=9, updatedTime=at(10))
    told.moves("leads", 12, ("NEW", at(1), 1), ("PROCESSED", at(6, 12, 1), 2))
    assert told.way("L12") == [
        ("ne_obrabotan", utc(1)),
        ("lid_v_rabote", utc(4)),
        ("obrabotan", utc(6, 12, 1)),
    ]
    movers = {row["stage"]: row["actor"] for row in told.rows("stage_moves")}
    assert movers == {"ne_obrabotan": None, "lid_v_rabote": "Анна Ким", "obrabotan": "Зоя Уварова"}


def test_stage_that_settings_do_not_know_gives_no_move_and_is_found(told: Told) -> None:
    told.deal(77, "UC_NEW1")
    told.moves("deals", 77, ("NEW", at(1), 1), ("UC_NEW1", at(2), 2))
    assert told.way("D77") == [("novaya", utc(1))]
    found = {one.key: one.examples for one in findings.findings(told.mirror, told.company, OPTIONS)}
    assert found["unknown-stage"] == ("D77",)


def test_stage_deleted_in_the_portal_keeps_its_place_in_old_ways(told: Told) -> None:
    told.names.statuses = [row for row in told.names.statuses if row["STATUS_ID"] != "EXECUTING"]
    told.directories()
    told.company = parse_company(dict(settings(told.mirror, OPTIONS)))
    told.deal(77, "EXECUTING")
    told.moves("deals", 77, ("NEW", at(1), 1), ("EXECUTING", at(2), 2))
    assert told.way("D77") == [("novaya", utc(1)), ("v_rabote", utc(2))]


# ── settings ──


def test_pipelines_are_laid_over_each_other_behind_the_stages_of_leads(told: Told) -> None:
    told.lead(12)
    company = parse_company(dict(settings(told.mirror, OPTIONS)))
    path = [(stage.name.ru, stage.milestone) for stage in company.path]
    assert path == [
        ("Не обработан", None),
        ("Лид в работе", None),
        ("Обработан", None),
        ("Качественный лид", Milestone.ACCEPTED),
        ("Новая", Milestone.DEAL),
        ("Замер", None),
        ("Подготовка документов", None),
        ("В работе", None),
        ("Сделка успешна", Milestone.WON),
    ]
    assert company.stage("novaya").aliases == ("deal:NEW", "deal:C7:NEW")
    assert [group.sources for group in company.source_groups if group.paid] == [("Реклама",)]


def test_portal_without_leads_begins_with_the_first_stage_of_deals(mirror: Mirror) -> None:
    told = Told(mirror)
    told.deal(77)
    company = parse_company(dict(settings(mirror, OPTIONS)))
    assert (company.path[0].name.ru, company.path[0].milestone) == ("Новая", None)
    assert [stage.name.ru for stage in company.stages if stage.milestone is Milestone.DEAL] != []
    assert not any(alias.startswith("lead:") for stage in company.stages for alias in stage.aliases)


def test_stages_that_a_company_named_itself_are_known_by_name(told: Told) -> None:
    told.company = parse_company(
        {
            "stages": [
                {"key": "first", "name": {"ru": "новая", "en": "New"}},
                {"key": "sold", "name": {"ru": "Сделка успешна", "en": "Won"}, "milestone": "won"},
            ]
        }
    )
    told.deal(77, "C7:WON", "S", categoryId=7)
    told.moves("deals", 77, ("C7:NEW", at(1), 1), ("C7:WON", at(2), 3))
    assert told.way("D77") == [("first", utc(1)), ("sold", utc(2))]
