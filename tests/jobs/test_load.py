from __future__ import annotations

import gzip
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from smarketing.connectors.files.gathering import Count
from smarketing.facts.company import Company, parse_company
from smarketing.facts.errors import WrongInput
from smarketing.jobs.journal import Journal
from smarketing.jobs.load import LoadReport, load, mend
from smarketing.jobs.quarantine import quarantine, waiting
from smarketing.jobs.workspace import Workspace

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
COMPANY = {
    "stages": [
        {"key": "new", "name": {"ru": "Новый", "en": "New"}},
        {"key": "won", "name": {"ru": "Продажа", "en": "Sale"}, "milestone": "won"},
        {"key": "lost", "name": {"ru": "Отказ", "en": "Lost"}, "milestone": "lost"},
    ]
}
LEADS = "lead_id,created_at,amount\n1,2026-11-01 10:00,100\n2,2026-11-02 10:00,200\n"
MOVES = "lead_id,stage,entered_at\n1,new,2026-11-01 10:00\n1,Продажа,2026-11-05 12:00\n2,new,2026-11-02 10:00\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.init(tmp_path / "w", parse_company(COMPANY))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "facts"
    folder.mkdir()
    (folder / "leads.csv").write_text(LEADS, encoding="utf-8")
    (folder / "stage_moves.csv.gz").write_bytes(gzip.compress(MOVES.encode()))
    (folder / "заметки.docx").write_bytes(b"not a table")
    return folder


def run(workspace: Workspace, *paths: Path, **options: object) -> LoadReport:
    return load(workspace, paths, now=NOW, **options)  # type: ignore[arg-type]


def outcomes(workspace: Workspace) -> list[tuple[str, str]]:
    with workspace.lake.open() as reader:
        rows = reader.query("SELECT lead_id, outcome FROM journeys ORDER BY lead_id").to_pylist()
    return [(row["lead_id"], row["outcome"]) for row in rows]


def test_a_folder_of_facts_needs_no_mapping(workspace: Workspace, folder: Path) -> None:
    report = run(workspace, folder)
    assert report.counts == {"leads": Count(2, 2), "stage_moves": Count(3, 3)}
    assert [file.mapping.name for file in report.files] == ["facts", "facts"]
    assert (report.version, report.exit_code, report.unchanged) == (1, 0, False)
    assert (report.totals.leads, report.totals.won, report.totals.amount) == (2, 1, Decimal(300))
    assert outcomes(workspace) == [("1", "won"), ("2", "open")]


def test_the_last_known_moment_follows_from_the_facts(workspace: Workspace, folder: Path) -> None:
    # The sale of 5 November 12:00 in Moscow lies within a week of the last creation.
    assert run(workspace, folder).known_until == datetime(2026, 11, 5, 9, tzinfo=UTC)


def test_a_closing_planned_far_ahead_is_not_known_yet(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "leads.csv").write_text(LEADS, encoding="utf-8")
    (folder / "stage_moves.csv").write_text(MOVES.replace("2026-11-05", "2026-11-18"), encoding="utf-8")
    assert run(workspace, folder).known_until == datetime(2026, 11, 2, 7, tzinfo=UTC)


def test_the_same_load_again_changes_nothing(workspace: Workspace, folder: Path) -> None:
    first, second = run(workspace, folder), run(workspace, folder)
    assert (second.unchanged, second.version, second.load_id) == (True, first.version, first.load_id)
    assert second.counts == first.counts
    assert len(Journal(workspace.journal_path).records()) == 1


def test_the_same_facts_in_another_file_change_nothing_either(workspace: Workspace, folder: Path) -> None:
    run(workspace, folder)
    (folder / "leads.csv").write_text(LEADS + "\n", encoding="utf-8")
    report = run(workspace, folder)
    assert (report.version, report.unchanged) == (1, False)
    assert report.change is not None
    assert dict(report.change.same) == {"leads": 2, "stage_moves": 3}


def test_a_load_tells_how_far_it_is(workspace: Workspace, folder: Path) -> None:
    told: list[str] = []
    run(workspace, folder, progress=lambda said: told.append(said.en))
    assert told[-2:] == ["Writing the facts", "The facts are written; following each lead"]
    assert "Checking leads.csv" in told


def test_a_newer_file_updates(workspace: Workspace, folder: Path) -> None:
    run(workspace, folder)
    (folder / "leads.csv").write_text(LEADS.replace("200", "250"), encoding="utf-8")
    report = run(workspace, folder)
    assert report.change is not None
    assert (report.version, report.change.updated["leads"], report.change.same["leads"]) == (2, 1, 1)


def test_a_load_is_noted_with_all_that_is_needed_to_trust_it(workspace: Workspace, folder: Path) -> None:
    report = run(workspace, folder, who="Анна")
    (record,) = Journal(workspace.journal_path).records()
    assert (record["id"], record["who"], record["version"]) == (report.load_id, "Анна", 1)
    assert record["at"] == "2026-11-20T18:00:00+00:00"
    assert record["counts"]["leads"] == {"received": 2, "accepted": 2, "quarantined": 0, "repeated": 0}
    assert [(file["name"], file["mapping"], len(file["sha256"])) for file in record["files"]] == [
        ("leads.csv", "facts", 64),
        ("stage_moves.csv.gz", "facts", 64),
    ]


def test_check_writes_nothing_and_tells_what_would_happen(workspace: Workspace, folder: Path) -> None:
    (folder / "загадка.csv").write_text("Имя,Рост\nАнна,170\nПётр,180\n", encoding="utf-8")
    before = sorted(workspace.root.rglob("*"))
    report = run(workspace, folder, check=True)
    assert (report.check, report.version, report.counts["leads"]) == (True, None, Count(2, 2))
    assert report.problems[0].ru.startswith("Не узнали файл «загадка.csv» по названиям столбцов: Имя, Рост.")
    assert [profile.sniffed.file for profile in report.profiles] == [
        "leads.csv",
        "stage_moves.csv.gz",
        "загадка.csv",
    ]
    assert sorted(workspace.root.rglob("*")) == before
    assert report.exit_code == 1


def test_a_file_that_nothing_recognises_stops_the_load(workspace: Workspace, folder: Path) -> None:
    (folder / "загадка.csv").write_text("Имя,Рост\nАнна,170\n", encoding="utf-8")
    with pytest.raises(WrongInput) as caught:
        run(workspace, folder)
    assert (caught.value.code, caught.value.text.ru) == (
        "not-recognised",
        "Не узнали файл «загадка.csv» по названиям столбцов: Имя, Рост. "
        "Нужна схема, какой столбец что значит: черновик составляет проверка файла (--check или страница "
        "«Данные»), поправьте его и сохраните.",
    )
    assert workspace.lake.open().version == 0


def test_a_file_that_lacks_a_column_of_a_known_one_is_told_which(workspace: Workspace, folder: Path) -> None:
    (folder / "ads.csv").write_text("Campaign,Currency code,Impr.,Cost\nBrand,RUB,10,5.00\n", encoding="utf-8")
    with pytest.raises(WrongInput) as caught:
        run(workspace, folder)
    assert (caught.value.code, caught.value.text.ru) == (
        "nearly-recognised",
        "Файл «ads.csv» похож на «Отчёт Google Рекламы», но в нём нет столбцов: «Day» / «День» / «Дата». Добавьте "
        "их в выгрузку и загрузите ещё раз или опишите файл своей схемой: проверка файла предложит черновик.",
    )


def test_an_empty_folder_is_told(workspace: Workspace, tmp_path: Path) -> None:
    empty = tmp_path / "пусто"
    empty.mkdir()
    with pytest.raises(WrongInput) as caught:
        run(workspace, empty)
    assert caught.value.text.ru == (
        "В папке «пусто» нет таблиц с фактами: ждём leads.csv, payments.xlsx и другие."
    )


def test_an_own_mapping_of_the_workspace_is_recognised(workspace: Workspace, tmp_path: Path) -> None:
    (workspace.mappings_path / "ours.toml").write_text(
        'name = "ours"\ntitle = { ru = "Наша", en = "Ours" }\nheadings = ["Имя", "Рост"]\n'
        '[[table]]\ntable = "people"\ncolumns = { person = "Имя" }\n',
        encoding="utf-8",
    )
    path = tmp_path / "загадка.csv"
    path.write_text("Имя,Рост\nАнна,170\n", encoding="utf-8")
    assert run(workspace, path).files[0].mapping.name == "ours"


def test_an_empty_workspace_takes_the_settings_of_the_mapping(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w", Company(name="Игроград"))
    path = tmp_path / "deals.csv"
    path.write_text(
        "ID,Название сделки,Этап сделки,Бюджет,Дата создания\n1,Двор,Успешно реализовано,5,01.11.2026\n",
        encoding="utf-8",
    )
    assert run(workspace, path).settings_from == "amocrm_leads"
    company = workspace.company
    assert (company.name, company.path[0].key, len(company.stages)) == ("Игроград", "new", 7)
    assert run(workspace, path).unchanged


# --- quarantine ----------------------------------------------------------------------------------------------

DIRTY = 'lead_id,created_at,amount,Город\n1,2026-11-01,100,Омск\n2,вчера,"1 200,50",Пермь\n,2026-11-03,7,Уфа\n'


@pytest.fixture
def dirty(workspace: Workspace, tmp_path: Path) -> LoadReport:
    path = tmp_path / "leads.csv"
    path.write_text(DIRTY, encoding="utf-8")
    return run(workspace, path)


def test_quarantined_rows_keep_all_that_is_needed_to_mend_them(workspace: Workspace, dirty: LoadReport) -> None:
    first, second = quarantine(workspace)
    assert (first.file, first.row, first.table, first.column, first.code) == (
        "leads.csv",
        3,
        "leads",
        "created_at",
        "bad-moment",
    )
    assert dict(first.raw) == {"lead_id": "2", "created_at": "вчера", "amount": "1 200,50", "Город": "Пермь"}
    assert (second.code, second.resolved) == ("missing", False)
    assert (dirty.exit_code, dirty.counts["leads"]) == (1, Count(3, 1, 2))
    assert [row.id for row in dirty.quarantined] == [first.id, second.id]


def test_a_mended_row_is_loaded_and_marked(workspace: Workspace, dirty: LoadReport) -> None:
    first, second = quarantine(workspace)
    report = mend(workspace, {first.id: {"created_at": "2026-11-02"}}, now=NOW)
    assert (report.version, report.counts["leads"]) == (2, Count(1, 1))
    assert [(row.id, row.resolved) for row in quarantine(workspace)] == [(first.id, True), (second.id, False)]
    with workspace.lake.open() as reader:
        rows = reader.query("SELECT lead_id, amount FROM journeys ORDER BY lead_id").to_pylist()
    assert rows == [{"lead_id": "1", "amount": Decimal(100)}, {"lead_id": "2", "amount": Decimal("1200.50")}]


def test_a_row_that_is_still_wrong_stays(workspace: Workspace, dirty: LoadReport) -> None:
    first = quarantine(workspace)[0]
    report = mend(workspace, {first.id: {"created_at": "позавчера"}}, now=NOW)
    assert (report.version, report.counts["leads"]) == (1, Count(1, 0, 1))
    assert report.quarantined[0].text.ru == "«позавчера» в поле «created_at» не похоже на дату."
    assert not quarantine(workspace)[0].resolved


def test_mending_what_is_not_there_is_told(workspace: Workspace, dirty: LoadReport) -> None:
    first = quarantine(workspace)[0]
    with pytest.raises(WrongInput) as caught:
        mend(workspace, {first.id: {"create_at": "2026-11-02"}}, now=NOW)
    assert caught.value.text.ru == "В файле нет столбца «create_at». Возможно, имелось в виду «created_at»."
    with pytest.raises(WrongInput) as caught:
        mend(workspace, {"нет": {}}, now=NOW)
    assert caught.value.code == "unknown-row"


def test_the_same_file_under_new_settings_replaces_its_quarantine(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("lead_id,created_at,amount,currency\n1,2026-11-01,5,USD\n", encoding="utf-8")
    run(workspace, path)
    assert [row.code for row in quarantine(workspace)] == ["unknown-currency"]
    workspace.write_company(workspace.company.model_copy(update={"rates": {"USD": Decimal(90)}}))
    assert run(workspace, path).counts["leads"] == Count(1, 1)
    assert quarantine(workspace) == ()


def test_a_journal_line_cut_by_a_crash_is_no_load(workspace: Workspace, folder: Path) -> None:
    run(workspace, folder)
    text = workspace.journal_path.read_text(encoding="utf-8")
    workspace.journal_path.write_text(text[: len(text) // 2], encoding="utf-8")
    report = run(workspace, folder)
    assert (report.unchanged, report.version) == (False, 1)
    assert len(Journal(workspace.journal_path).records()) == 1


def test_a_row_with_missing_cells_is_mended_by_giving_all_of_them(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("lead_id,created_at,amount\n1,2026-11-01,5\n2,2026-11-02\n", encoding="utf-8")
    run(workspace, path)
    (row,) = quarantine(workspace)
    assert (row.code, row.raw["amount"]) == ("wrong-cells", None)
    mend(workspace, {row.id: {"amount": "7"}}, now=NOW)
    assert outcomes(workspace) == [("1", "open"), ("2", "open")]
    assert quarantine(workspace)[0].resolved


def test_a_cell_that_spoils_several_facts_waits_once(tmp_path: Path) -> None:
    """The day of creation is the lead's and its first stage's: two rows are set aside, one is to be mended."""
    workspace = Workspace.init(tmp_path / "shop", Company())
    path = tmp_path / "deals.csv"
    rows = "1;01.11.2026;5;Новый\n2;31.02.2026;6;Новый\n"
    path.write_text("Номер сделки;Дата создания;Сумма;Стадия\n" + rows, encoding="utf-8")
    report = run(workspace, path)
    aside = {table: count.quarantined for table, count in report.counts.items()}
    assert aside == {"leads": 1, "stage_moves": 1, "payments": 0}
    (row,) = waiting(workspace)
    assert (row.heading, row.row, len(quarantine(workspace))) == ("Дата создания", 3, 2)
    mend(workspace, {row.id: {"Дата создания": "28.02.2026"}}, now=NOW)
    assert waiting(workspace) == ()
    assert [lead for lead, _ in outcomes(workspace)] == ["1", "2"]


def test_an_open_quote_cannot_be_mended_cell_by_cell(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text('lead_id,created_at,amount\n1,2026-11-01,5\n2,2026-11-02,"6\n3,2026-11-03,7\n', "utf-8")
    run(workspace, path)
    assert [(row.row, row.code, row.mendable) for row in waiting(workspace)] == [(3, "open-quote", False)]


def test_a_given_mapping_is_for_the_files_that_have_its_headings(workspace: Workspace, folder: Path) -> None:
    (folder / "заявки.csv").write_text("Имя,Рост\nАнна,170\n", encoding="utf-8")
    mapping = folder.parent / "people.toml"
    mapping.write_text(
        'name = "tall"\ntitle = { ru = "Рост", en = "Height" }\nheadings = ["Имя", "Рост"]\n'
        '[[table]]\ntable = "people"\ncolumns = { person = "Имя" }\n',
        encoding="utf-8",
    )
    report = run(workspace, folder, mapping=mapping)
    assert [file.mapping.name for file in report.files] == ["facts", "facts", "tall"]


SPEND = "day,lead_source,cost\n2026-11-02,vk,100\n2026-11-02,vk,50\n"


def spent(workspace: Workspace) -> list[Decimal]:
    with workspace.lake.open() as reader:
        return [row["cost"] for row in reader.query("SELECT cost FROM spend ORDER BY cost").to_pylist()]


def test_an_earlier_export_loaded_again_after_a_newer_one_brings_its_rows_back(
    workspace: Workspace, tmp_path: Path
) -> None:
    """The newer export was wrong; «loaded before» would leave its figures in sight."""
    first, wrong = tmp_path / "ad_spend.csv", tmp_path / "wrong" / "ad_spend.csv"
    wrong.parent.mkdir()
    first.write_text(SPEND, encoding="utf-8")
    wrong.write_text(SPEND.replace("100", "100000"), encoding="utf-8")
    run(workspace, first)
    run(workspace, wrong)
    back = run(workspace, first)
    assert (back.unchanged, back.version) == (False, 3)
    assert spent(workspace) == [Decimal(50), Decimal(100)]
    again = run(workspace, first)
    assert (again.unchanged, again.version) == (True, 3)


def test_rows_set_aside_stay_one_where_a_file_was_loaded_to_go_back(workspace: Workspace, tmp_path: Path) -> None:
    first, other = tmp_path / "ad_spend.csv", tmp_path / "other" / "ad_spend.csv"
    other.parent.mkdir()
    first.write_text(SPEND + "2026-11-03,vk,many\n", encoding="utf-8")
    other.write_text(SPEND.replace("100", "200"), encoding="utf-8")
    for path in (first, other, first):
        run(workspace, path)
    assert [(row.row, row.code) for row in quarantine(workspace)] == [(4, "bad-money")]


def test_a_row_that_is_gone_from_a_newer_export_stays_but_a_day_of_spend_comes_whole(
    workspace: Workspace, tmp_path: Path
) -> None:
    leads, spend = tmp_path / "leads.csv", tmp_path / "ad_spend.csv"
    leads.write_text(LEADS, encoding="utf-8")
    spend.write_text(SPEND + "2026-11-03,vk,7\n", encoding="utf-8")
    run(workspace, leads, spend)
    leads.write_text(LEADS.rsplit("\n", 2)[0] + "\n", encoding="utf-8")
    spend.write_text(SPEND.replace("2026-11-02,vk,50\n", ""), encoding="utf-8")
    run(workspace, leads, spend)
    assert [lead_id for lead_id, _ in outcomes(workspace)] == ["1", "2"]
    assert spent(workspace) == [Decimal(7), Decimal(100)]


def test_what_the_journal_knows_and_the_lake_has_lost_is_loaded_again(workspace: Workspace, folder: Path) -> None:
    run(workspace, folder)
    shutil.rmtree(workspace.lake.root)
    assert run(workspace, folder).unchanged is False
    assert outcomes(workspace) == [("1", "won"), ("2", "open")]
