from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.connectors.files.mapping import Mapping, parse_mapping
from smarketing.connectors.files.profile import Profile, profile
from smarketing.connectors.files.reading import Workbench
from smarketing.facts.company import Company

TABLE = """Номер заявки;Когда;Дата;Бюджет;Телефон;Почта;Менеджер;Повторный;Этап;Ждал
5805028000040726090;03.11.2026 10:30;03.11.2026;1 234,50 ₽;+7 916 123-45-67;a@mail.ru;Анна;да;Новая;00:10:11
5805028000040726091;04.11.2026 11:30;04.11.2026;#REF!;8 916 123 45 68;b@mail.ru;Пётр;нет;Отказ;1 day, 00:10:11
5805028000040726092;05.11.2026 12:30;05.11.2026;7;8 916 123 45 69;c@mail.ru;-;да;Оплачено;00:10:12
"""


@pytest.fixture
def profiled(bench: Workbench, tmp_path: Path, company: Company) -> Profile:
    path = tmp_path / "заявки.csv"
    path.write_text(TABLE, encoding="utf-8")
    return profile(bench, bench.read(path), company)


def test_kinds_of_columns_are_recognised(profiled: Profile) -> None:
    assert {column.heading: column.kind for column in profiled.columns} == {
        "Номер заявки": "id",
        "Когда": "moment",
        "Дата": "day",
        "Бюджет": "text",  # a third of its values is a formula error
        "Телефон": "phone",
        "Почта": "email",
        "Менеджер": "text",
        "Повторный": "flag",
        "Этап": "text",
        "Ждал": "duration",
    }


def test_a_column_tells_counts_examples_and_problems(profiled: Profile) -> None:
    columns = {column.heading: column for column in profiled.columns}
    assert (columns["Менеджер"].filled, columns["Менеджер"].distinct) == (3, 3)
    assert columns["Менеджер"].problems[0].ru == "Значения, похожие на «пусто»: «-»."
    assert columns["Бюджет"].problems[0].ru == "Ошибки формул Excel: #REF!."
    assert columns["Повторный"].examples == ("да", "нет")


def test_the_proposed_mapping_can_be_read_as_it_is(profiled: Profile) -> None:
    mapping = parse_mapping(profiled.proposed_toml, "draft.toml")
    leads, moves = mapping.tables
    assert (leads.table, leads.columns["lead_id"].column) == ("leads", "Номер заявки")
    assert (leads.columns["created_at"].column, leads.columns["amount"].column) == ("Дата", "Бюджет")
    assert (moves.table, moves.columns["stage"].column) == ("stage_moves", "Этап")
    assert mapping.stages == {"Новая": "novaya", "Отказ": "lost", "Оплачено": "won"}


def test_a_report_of_spend_is_proposed_as_spend(bench: Workbench, tmp_path: Path, company: Company) -> None:
    path = tmp_path / "x.csv"
    path.write_text("День;Площадка;Кампании;Расходы;Клики\n2026-11-01;vk;осень;5;1\n", encoding="utf-8")
    (table,) = parse_mapping(profile(bench, bench.read(path), company).proposed_toml, "x").tables
    assert table.table == "ad_spend"
    assert {name: making.column for name, making in table.columns.items()} == {
        "day": "День",
        "lead_source": "Площадка",
        "campaign": "Кампании",
        "cost": "Расходы",
        "clicks": "Клики",
    }


def draft(bench: Workbench, tmp_path: Path, name: str, text: str, company: Company | None = None) -> Mapping:
    """The draft for a file, which must be a mapping as it stands."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return parse_mapping(profile(bench, bench.read(path), company or Company()).proposed_toml, "x")


def first(mapping: Mapping) -> tuple[str, dict[str, str | None]]:
    """Table and columns of its first section."""
    section = mapping.tables[0]
    return section.table, {name: making.column for name, making in section.columns.items()}


def test_a_journal_of_calls_is_no_table_of_leads(bench: Workbench, tmp_path: Path) -> None:
    """«Успешный» is a call that was answered and no sale."""
    text = (
        "Дата и время;Тип звонка;Номер клиента;Сотрудник;Длительность разговора;Статус\n"
        "01.03.2026 09:00:00;Входящий;79001000000;Анна;00:01:30;Успешный\n"
        "01.03.2026 09:10:00;Исходящий;79001000001;Олег;00:00:00;Пропущенный\n"
    )
    mapping = draft(bench, tmp_path, "звонки.csv", text)
    (calls,) = mapping.tables
    assert (mapping.name, calls.table, mapping.stages) == ("zvonki", "activities", {})
    assert (calls.columns["at"].column, calls.columns["minutes"].minutes_of) == (
        "Дата и время",
        "Длительность разговора",
    )
    assert calls.columns["direction"].values == {"Входящий": "in", "Исходящий": "out", "Пропущенный": "missed"}


def test_payments_of_a_bank_are_payments(bench: Workbench, tmp_path: Path) -> None:
    text = "Дата операции;Номер документа;Плательщик;Сумма поступления;№ сделки\n01.03.2026;300;ООО;5,50;500\n"
    assert first(draft(bench, tmp_path, "b.csv", text)) == (
        "payments",
        {
            "payment_id": "Номер документа",
            "paid_at": "Дата операции",
            "amount": "Сумма поступления",
            "lead_id": "№ сделки",
            "client_id": "Плательщик",
        },
    )


def test_requests_of_a_site_with_a_cost_column_are_leads(bench: Workbench, tmp_path: Path) -> None:
    text = "request id;sent;Name;utm_source;cost\n5432:1;2026-03-01 09:00:00;Пётр;yandex;\n"
    assert first(draft(bench, tmp_path, "s.csv", text)) == (
        "leads",
        {"lead_id": "request id", "created_at": "sent", "lead_source": "utm_source"},
    )


def test_a_list_of_clients_is_clients(bench: Workbench, tmp_path: Path) -> None:
    text = "Код;Наименование;Телефон;Дата регистрации\n001;ООО Ромашка;89000000000;01.03.2026\n"
    assert first(draft(bench, tmp_path, "c.csv", text)) == (
        "clients",
        {"client_id": "Код", "name": "Наименование", "phone": "Телефон", "created_at": "Дата регистрации"},
    )


def test_a_hand_made_table_says_its_units_and_its_stages(bench: Workbench, tmp_path: Path) -> None:
    text = (
        "№;Дата заявки;Откуда узнал;Клиент;Статус;Сумма, руб.\n"
        "1;01.03.2026;авито;Иван;думает;5\n2;02.03.2026;авито;Пётр;оплатил;6\n"
        "3;03.03.2026;сайт;Анна;новая;7\n4;04.03.2026;сайт;Ольга;отказ;8\n"
    )
    mapping = draft(bench, tmp_path, "заявки Маши.csv", text)
    leads, moves = mapping.tables
    assert (leads.columns["lead_source"].column, leads.columns["amount"].column) == ("Откуда узнал", "Сумма, руб.")
    assert moves.columns["stage"].column == "Статус"
    stages = [(stage["key"], stage.get("milestone")) for stage in mapping.company["stages"]]
    assert stages == [("novaya", None), ("dumaet", None), ("won", "won"), ("lost", "lost")]


def test_a_draft_for_a_company_with_stages_proposes_none(
    bench: Workbench, tmp_path: Path, company: Company
) -> None:
    assert company.stages
    text = "Номер сделки;Дата создания;Статус сделки\n1;01.03.2026;Новый\n"
    assert draft(bench, tmp_path, "x.csv", text, company).company == {}


def test_a_channel_is_the_source_where_no_other_column_is(bench: Workbench, tmp_path: Path) -> None:
    _, columns = first(draft(bench, tmp_path, "d.csv", "Номер;Дата;Канал;Выручка\n1;01.03.2026;сайт;5\n"))
    assert (columns["lead_source"], columns["amount"], columns.get("medium")) == ("Канал", "Выручка", None)


def test_a_draft_never_fits_every_file_nor_takes_a_count_for_a_number(bench: Workbench, tmp_path: Path) -> None:
    """With no heading to be known by, a saved draft would take any file; «Заявки» is no «№ заявки»."""
    path = tmp_path / "план.csv"
    path.write_text("Месяц;Заявки;Продажи\n01.01.2026;100;20\n", encoding="utf-8")
    text = profile(bench, bench.read(path), Company()).proposed_toml
    assert 'headings = ["Месяц", "Заявки", "Продажи"]' in text
    assert '# lead_id = "…"' in text
