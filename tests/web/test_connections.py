"""A load from the browser: five leads, one of them with an impossible date that is mended afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rich.console import Console

from smarketing.cli.reports import print_load
from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import AuditEntry
from smarketing.web.connections.uploads import safe_name
from tests.analyses import small_company

SignIn = Callable[..., Client]
LEADS = (
    "lead_id,created_at,lead_source,segment\n"
    "A1,2026-11-02T10:00:00+00:00,yandex,dealers\n"
    "A2,2026-11-03T10:00:00+00:00,yandex,private\n"
    "A3,2026-11-04T10:00:00+00:00,site,dealers\n"
    "A4,2026-13-45T10:00:00+00:00,site,dealers\n"
    "A5,2026-11-05T10:00:00+00:00,site,\n"
)


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", unescape(answer.content.decode()))
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def send(client: Client, name: str = "leads.csv", text: str = LEADS) -> str:
    """Upload a file; the address of its check."""
    answer = client.post("/data/upload", {"upload": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


@pytest.fixture
def client(workspace: Workspace, signed_in: SignIn) -> Client:
    return signed_in("charlie")


def test_check_shows_what_would_happen_and_loads_nothing(client: Client, workspace: Workspace) -> None:
    page = words(client.get(send(client)))
    assert "лиды 5 4 1 0 да" in page  # received, accepted, quarantined, repeats, adds up
    assert "2026-13-45T10:00:00+00:00" in page
    assert not (workspace.lake_path / "current.json").exists()


SPEND = "День\tКанал\tИтого\n03.11.2026\tyandex\t1 234,50 ₽\n04.11.2026\tyandex\t99,00 ₽\n"
SPEND_MAPPING = (
    'name = "hand"\ntitle = { ru = "Расход", en = "Spend" }\nheadings = ["День", "Канал", "Итого"]\n'
    '[[table]]\ntable = "ad_spend"\n'
    'columns = { day = "День", lead_source = "Канал", cost = "Итого" }\n'
)


def test_check_says_how_dates_and_sums_were_read_in_the_words_of_the_terminal(
    client: Client, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.mappings_path.mkdir(exist_ok=True)
    (workspace.mappings_path / "hand.toml").write_text(SPEND_MAPPING, encoding="utf-8")
    page = words(client.get(send(client, "spend.csv", SPEND)))
    assert "utf-8, разделитель табуляция" in page
    assert "Как прочитано: spend.csv" in page
    assert "День расходы на рекламу, день даты вида DD.MM.YYYY" in page
    cost = "десятичная запятая; пробелы и знаки при цифрах отброшены: «1 234,50 ₽»"
    assert f"Итого расходы на рекламу, расход {cost}" in page
    file = tmp_path / "spend.csv"
    file.write_text(SPEND, encoding="utf-8")
    console = Console(file=StringIO(), width=200)
    print_load(console, load(workspace, [file], check=True), small_company.COMPANY, "ru")
    terminal = console.file.getvalue()
    assert "День → расходы на рекламу, день: даты вида DD.MM.YYYY\n" in terminal
    assert f"Итого → расходы на рекламу, расход: {cost}\n" in terminal


def test_load_mend_and_load_again(client: Client, workspace: Workspace) -> None:
    check = send(client)
    loaded = words(client.post(f"{check}/load", follow=True))
    assert "Данные обновлены, версия 1." in loaded
    assert "За цифрой стоит записей: 4." in words(client.get("/records?month=2026-11"))
    assert "в карантине 1 строка" in words(client.get("/data"))
    (row,) = re.findall(r'href="(/data/quarantine/[^"?]+)"', client.get("/data/quarantine").content.decode())
    form = client.get(row).content.decode()
    (cell,) = re.findall(r'name="(cell_\d+)" value="2026-13-45', form)
    given = dict(re.findall(r'name="(cell_\d+)"(?: value="([^"]*)")?', form))
    answer = client.post(row, {**given, cell: "2026-11-06T10:00:00+00:00"})
    assert answer.headers["Location"] == "/data/quarantine"
    assert "За цифрой стоит записей: 5." in words(client.get("/records?month=2026-11"))
    assert "карантин пуст" in words(client.get("/data"))
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["mend", "load"]


def test_plan_of_a_file_is_written_down_as_one_typed_on_its_page(client: Client) -> None:
    plan = "month,metric,value\n2026-11,leads,120\n2026-11,revenue,5000000\n"
    client.post(f"{send(client, 'plans.csv', plan)}/load", follow=True)
    saved = AuditEntry.objects.get(action="plan_saved")
    assert (saved.user and saved.user.username, saved.subject) == ("charlie", "2026-11")
    assert (saved.details["plan_version"], saved.details["origin"]) == (1, "file")
    client.post(f"{send(client, 'plans.csv', plan)}/load", follow=True)  # the same plan makes no version
    assert AuditEntry.objects.filter(action="plan_saved").count() == 1


def test_same_file_again_changes_nothing(client: Client) -> None:
    client.post(f"{send(client)}/load", follow=True)
    again = words(client.post(f"{send(client)}/load", follow=True))
    assert "Эти файлы уже загружены: данные не изменились, версия 1." in again


def test_file_that_is_no_table_gets_one_sentence(client: Client) -> None:
    answer = client.get(send(client, "leads.csv", "<!doctype html><html><body>Sign in</body></html>"))
    assert answer.status_code == 400
    assert "leads.csv" in words(answer)


def test_unknown_headings_offer_a_mapping_to_correct(client: Client, workspace: Workspace) -> None:
    check = send(client, "odd.csv", "Номерок,Появился\nA1,02.11.2026\nA2,03.11.2026\n")
    page = client.get(check).content.decode()
    assert "formaction" not in page
    assert "<textarea" in page
    assert f'action="{check}/load"' not in page  # nothing to load before a mapping fits
    refused = client.post(check, {"text": "name = "})
    assert refused.status_code == 200
    assert 'role="alert"' in refused.content.decode()
    assert list(workspace.mappings_path.glob("*.toml")) == [] if workspace.mappings_path.exists() else True


@pytest.mark.parametrize("token", ["0" * 16, "..", "x" * 16])
def test_upload_that_nobody_made_is_not_found(client: Client, token: str) -> None:
    assert client.get(f"/data/upload/{token}").status_code == 404


def test_founder_sees_the_data_but_loads_nothing(workspace: Workspace, signed_in: SignIn) -> None:
    founder = signed_in("alice")
    assert "/data/upload" not in founder.get("/data").content.decode()
    assert founder.post("/data/upload", {"upload": SimpleUploadedFile("a.csv", b"x")}).status_code == 403


def test_shipped_mapping_opens_and_an_unknown_one_does_not(client: Client) -> None:
    (first, *_) = re.findall(r'href="(/data/mappings/[^"]+)"', client.get("/data").content.decode())
    assert client.get(first).status_code == 200
    assert client.get("/data/mappings/no-such").status_code == 404


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\выгрузка №1.csv", "выгрузка №1.csv"),
        (".htaccess", "htaccess"),
        ("..", "file"),
        ("a;b|c.csv", "a_b_c.csv"),
    ],
)
def test_name_of_an_uploaded_file_stays_in_its_folder(name: str, expected: str) -> None:
    assert safe_name(name) == expected
    assert Path("/folder", expected).parent == Path("/folder")
