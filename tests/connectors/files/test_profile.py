from __future__ import annotations

from pathlib import Path

import pytest

from smarketing.connectors.files.mapping import parse_mapping
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
