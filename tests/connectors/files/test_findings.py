from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from smarketing.connectors.files.findings import Fill, Finding
from smarketing.connectors.files.folders import fact_mapping
from smarketing.connectors.files.gathering import Intake, Reading
from smarketing.connectors.files.mapping import parse_mapping
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import Company
from smarketing.facts.identity import EMPTY_VALUES
from tests.connectors.files.conftest import NOW, Sift

LEADS = "lead_id,created_at,amount,campaign\n1,2026-11-02,100,осень\n2,2026-11-02,,осень\n3,2026-11-02,500,щит\n"


def found(reading: Reading, code: str) -> Finding:
    (finding,) = [finding for finding in reading.findings if finding.code == code]
    return finding


def test_a_stage_reached_before_the_creation_is_told_and_kept(sift: Sift) -> None:
    moves = "lead_id,stage,entered_at\n1,lost,2026-11-01\n2,lost,2026-11-02\n3,lost,\n"
    reading = sift(leads=LEADS, stage_moves=moves)
    finding = found(reading, "closing-before-creation")
    assert (finding.count, finding.of, finding.examples, finding.red) == (1, 3, ("1",), True)
    assert finding.text.ru == "1 лид: стадия наступила раньше, чем создан лид. Похоже на опечатку в дате."
    assert reading.accepted["stage_moves"].num_rows == 3


def test_payments_above_the_amount_and_symbolic_ones(sift: Sift) -> None:
    payments = "payment_id,lead_id,amount\na,1,70\nb,1,40\nc,3,9\nd,3,0\n"
    reading = sift(leads=LEADS, payments=payments)
    assert found(reading, "payment-above-amount").examples == ("1",)
    assert found(reading, "symbolic-sums").examples == ("c", "d")


def test_campaigns_of_spend_and_of_leads_that_do_not_meet(sift: Sift) -> None:
    spend = "day,lead_source,campaign,cost\n2026-11-01,a,осень,10\n2026-11-01,a,зима,30.5\n2026-11-01,a,,7\n"
    reading = sift(leads=LEADS, ad_spend=spend)
    without_leads = found(reading, "spend-without-leads")
    assert (without_leads.count, without_leads.amount, without_leads.examples) == (1, Decimal("30.50"), ("зима",))
    assert (
        without_leads.text.ru
        == "Кампаний в расходах, которых не называет ни один лид: 1, денег на них 30,50\u00a0₽."
    )
    assert (found(reading, "leads-without-spend").count, found(reading, "leads-without-spend").examples) == (
        1,
        ("щит",),
    )
    assert found(reading, "spend-without-campaign").amount == Decimal("7.00")


def test_equal_rows_of_spend_are_told_with_their_money(sift: Sift) -> None:
    spend = "day,lead_source,cost\n" + "2026-11-01,a,5\n" * 3 + "2026-11-02,a,5\n"
    finding = found(sift(ad_spend=spend), "repeated-spend")
    assert (finding.count, finding.of, finding.amount, finding.red) == (2, 4, Decimal("10.00"), True)


def test_spend_of_one_day_out_of_two_files_is_told_with_its_money(tmp_path: Path) -> None:
    head = "day,lead_source,campaign,cost\n"
    texts = (
        ("a.csv", head + "2026-11-01,google,Brand,10.50\n2026-11-02,google,Brand,20\n"),
        ("b.csv", head + "2026-11-01,google,осень,5\n2026-11-02,vk,осень,7\n"),
    )
    with Workbench() as bench:
        intake = Intake(bench, Company(), NOW)
        for name, text in texts:
            (tmp_path / name).write_text(text, encoding="utf-8")
            sheet = bench.read(tmp_path / name)
            mapping = fact_mapping("ad_spend", sheet.headings)
            assert mapping is not None
            intake.add(sheet, mapping)
        told = found(intake.finish(), "spend-of-two-files")
    assert (told.count, told.amount) == (1, Decimal("15.50"))
    assert told.text.ru == (
        "Расход одного источника за один день пришёл из нескольких файлов (a.csv, b.csv): таких дней 1, денег "
        "15,50\u00a0₽. Если это один и тот же расход, оставьте один из файлов."
    )


def test_phones_and_addresses_that_cannot_exist(sift: Sift) -> None:
    clients = (
        "client_id,phone,email\n1,+7 (916) 123-45-67,ivan@mail.ru\n2,0000000000,ivan@mail\n3,,Иван@почта.рф\n"
    )
    reading = sift(clients=clients)
    assert (found(reading, "bad-phone").count, found(reading, "bad-phone").of) == (1, 2)
    assert found(reading, "bad-email").examples == ("ivan@mail",)


def test_fill_rates_count_dashes_and_select_as_empty(sift: Sift) -> None:
    reading = sift(
        leads="lead_id,created_at,region,Tag\n1,2026-11-01,-,x\n2,2026-11-01,Select,\n3,2026-11-01,Омск,y\n"
    )
    fills = {fill.field: fill for fill in reading.fills}
    assert fills["region"] == Fill("leads", "region", filled=1, written=3, rows=3)
    assert fills["custom.tag"] == Fill("leads", "custom.tag", filled=2, written=2, rows=3)


def test_every_word_for_nothing_counts_as_empty_in_any_case(sift: Sift) -> None:
    words = [word for word in sorted(EMPTY_VALUES) if word]
    lines = [f"{number},2026-11-01,{word.upper()}" for number, word in enumerate(words)]
    reading = sift(leads="\n".join(["lead_id,created_at,region", *lines, "a,2026-11-01,1-й", "b,2026-11-01,Но"]))
    fills = {fill.field: fill for fill in reading.fills}
    assert fills["region"] == Fill("leads", "region", filled=2, written=len(words) + 2, rows=len(words) + 2)
    assert not any("1" <= word < ":" for word in EMPTY_VALUES)


def test_a_foreign_sign_in_a_sum_is_red(sift: Sift) -> None:
    finding = found(sift(leads="lead_id,created_at,amount\n1,2026-11-01,€ 5\n"), "foreign-sign")
    assert finding.red
    assert finding.text.ru.startswith("В столбце «amount» суммы со знаком €: 1, а валюта компании RUB.")


def test_custom_fields_and_stages_that_settings_lack_are_told(sift: Sift) -> None:
    files = {"leads": "lead_id,created_at,Tag\n1,2026-11-01,x\n", "stage_moves": "lead_id,stage\n1,any\n"}
    reading = sift(by=Company(), **files)
    assert found(reading, "custom-undeclared").examples == ("tag",)
    assert found(reading, "stages-undeclared").count == 1
    assert reading.accepted["stage_moves"]["stage"].to_pylist() == ["any"]


def test_numbers_taken_for_thousands_are_told(sift: Sift) -> None:
    reading = sift(ad_spend="day,lead_source,cost\n2026-11-01,a,12.500\n")
    assert reading.totals.spend == Decimal(12500)
    assert found(reading, "numbers-assumed").text.ru == (
        "В файле «ad_spend.csv» числа столбца «cost» вида 99.999 прочитаны как тысячи."
    )


def test_numbers_taken_for_thousands_are_told_by_the_heading_of_the_file(sift: Sift) -> None:
    mapping = parse_mapping(
        'name = "x"\ntitle = { ru = "x", en = "x" }\n[[table]]\ntable = "leads"\n'
        'columns = { lead_id = "Id", created_at = "At", amount = "Бюджет, руб" }\n',
        "x.toml",
    )
    reading = sift(mapping=mapping, leads='Id,At,"Бюджет, руб"\n1,2026-11-01,12.500\n')
    assert "числа столбца «Бюджет, руб» вида" in found(reading, "numbers-assumed").text.ru


def test_a_check_of_the_mapping_compares_two_sums_of_the_file(sift: Sift) -> None:
    mapping = parse_mapping(
        'name = "x"\ntitle = { ru = "x", en = "x" }\n[[table]]\ntable = "leads"\n'
        'columns = { lead_id = "Id", created_at = "At" }\n[[check]]\nabove = ["Paid", "Total"]\n',
        "x.toml",
    )
    reading = sift(
        mapping, x='Id,At,Paid,Total\n1,2026-11-01,"€ 3.500,00",2900\n2,2026-11-01,,5\n3,2026-11-01,1,1\n'
    )
    assert (found(reading, "sum-above").count, found(reading, "sum-above").examples) == (1, ("1",))
