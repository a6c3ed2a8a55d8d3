"""The page of the plan: typed with sums that follow, saved as a version, confirmed by heads, read by others."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from smarketing.analyses.planning.record import Origin, numbers_in_force, standing, versions
from smarketing.facts.company import Zone
from smarketing.facts.period import Month
from smarketing.jobs.load import load
from smarketing.jobs.workspace import Workspace
from smarketing.web.accounts.models import AuditEntry, Role, User
from smarketing.web.reports import reading
from tests.web.conftest import PASSWORD

JUNE, MAY = Month(2026, 6), Month(2026, 5)
COMPANY = """
name = "Качели"
currency = "RUB"
zone = "Europe/Moscow"

[[segments]]
key = "dealers"
name = { ru = "Дилеры", en = "Dealers" }

[[segments]]
key = "private"
name = { ru = "Частные лица", en = "Private persons" }
"""


# Dealers 60 × 0.6 × 0.9 × 0.35 × 500 000 = 5 670 000
DEALERS = {
    "leads": "60",
    "target_share": "60",
    "handled_share": "90",
    "handled_to_sale_cr": "35",
    "aov": "500 000",
}


@pytest.fixture
def company(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A real lake with twelve leads of March to May; «now» is the second of June."""
    made = Workspace.init(tmp_path / "w")
    (made.root / "company.toml").write_text(COMPANY, "utf-8")
    rows = [
        f"{month}{place},2026-{month:02}-0{place} 10:00:00+0300,dealers,Директ"
        for month in (3, 4, 5) for place in (1, 2, 3, 4)
    ]  # fmt: skip
    path = tmp_path / "leads.csv"
    path.write_text("lead_id,created_at,segment,lead_source\n" + "\n".join(rows) + "\n", "utf-8")
    load(made, [path], known_until=datetime.fromisoformat("2026-06-02T20:00:00+03:00"))
    settings.WORKSPACE = made.root
    monkeypatch.setattr(reading, "_open", {})
    return made


@pytest.fixture
def people(db: None) -> dict[str, User]:
    roles = {
        "founder": Role.FOUNDER, "maria": Role.HEAD_MARKETING, "sergey": Role.HEAD_SALES, "anna": Role.ANALYST,
        "oleg": Role.SELLER, "admin": Role.ADMINISTRATOR, "mark": Role.MARKETER,
    }  # fmt: skip
    made = {}
    for name, role in roles.items():
        made[name] = User(username=name, name=name.title(), role=role, person="Олег")
        made[name].set_password(PASSWORD)
        made[name].save()
    return made


def client(people: dict[str, User], name: str) -> Client:
    made = Client()
    made.force_login(people[name])
    made.cookies["language"] = "ru"
    return made


def sheet(rows: dict[str, dict[str, str]], seen: str = "202606:0", **more: str) -> dict[str, Any]:
    """What a browser sends: rows as «202606:dealers:» with their cells."""
    data: dict[str, Any] = {"seen": [seen], "row": list(rows), "why": "План лета", **more}
    for place, cells in enumerate(rows.values()):
        data |= {f"c{place}-{metric}": text for metric, text in cells.items()}
    return data


def asked(company: Workspace, month: Month = JUNE) -> tuple[Any, Any, Any]:
    with company.lake.open() as reader:
        in_force = numbers_in_force(reader, (month,)).get(month, {})
        return in_force, versions(reader, (month,))[month], standing(reader, month)


def saved(company: Workspace, people: dict[str, User], who: str = "founder") -> None:
    response = client(people, who).post("/plan/edit", sheet({"202606:dealers:": DEALERS}))
    assert response.status_code == 302


# --- who may what -----------------------------------------------------------------------------------------------


def test_page_opens_for_everyone_but_sellers(company, people):
    for name in ("founder", "maria", "sergey", "anna", "admin", "mark"):
        assert client(people, name).get("/plan").status_code == 200, name
    assert client(people, "oleg").get("/plan").status_code == 403


def test_founder_and_heads_alone_edit(company, people):
    for name in ("founder", "maria", "sergey"):
        assert client(people, name).get("/plan/edit").status_code == 200, name
    for name in ("anna", "admin", "mark", "oleg"):
        assert client(people, name).get("/plan/edit").status_code == 403, name
        assert client(people, name).post("/plan/edit", sheet({})).status_code == 403, name
        assert client(people, name).post("/plan/check", sheet({})).status_code == 403, name


def test_head_confirms_for_one_department_and_nobody_for_a_head(company, people):
    saved(company, people)
    for name in ("founder", "anna", "admin"):
        assert client(people, name).post("/plan/confirm", {"seen": "202606:1"}).status_code == 403, name
    assert client(people, "sergey").post("/plan/confirm", {"seen": "202606:1"}).status_code == 302
    assert asked(company)[2].confirmed_by == (Zone.SALES,)
    assert client(people, "maria").post("/plan/confirm", {"seen": "202606:1"}).status_code == 302
    assert asked(company)[2].is_confirmed


def test_page_before_any_facts_says_what_to_do(workspace, people, settings):
    assert "Данных пока нет" in client(people, "founder").get("/plan").content.decode()


# --- typing and saving ------------------------------------------------------------------------------------------


def test_sums_follow_what_is_typed(company, people):
    response = client(people, "maria").post(
        "/plan/check", sheet({"202606::": {}, "202606:dealers:": DEALERS, "202606:private:": {"leads": "абв"}})
    )
    page = response.content.decode()
    assert spoken(page, "v1") == "5 670 000"
    assert spoken(page, "r202606") == spoken(page, "total") == "5 670 000"
    assert spoken(page, "e-c2-leads") == "«абв» — не число. Пишите, например, 1 234,5."
    assert spoken(page, "v2") == "—"
    assert asked(company)[0] == {}  # nothing is saved by looking


def spoken(page: str, place: str) -> str:
    found = re.search(rf'id="{place}"[^>]*>([^<]*)<', page)
    assert found, place
    return found[1].replace("\u00a0", " ")


def test_saved_sheet_is_a_version_with_its_revenue_in_the_audit_log(company, people):
    response = client(people, "founder").post(
        "/plan/edit", sheet({"202606:dealers:": {**DEALERS, "spend": "40 000"}})
    )
    assert response.url == "/plan?month=2026-06"
    in_force, (version,), _ = asked(company)
    assert in_force == {
        ("leads", "dealers", None): 60, ("target_share", "dealers", None): Fraction("0.6"),
        ("handled_share", "dealers", None): Fraction("0.9"),
        ("handled_to_sale_cr", "dealers", None): Fraction("0.35"), ("aov", "dealers", None): 500_000,
        ("revenue", "dealers", None): 5_670_000, ("spend", "dealers", None): 40_000,
    }  # fmt: skip
    assert (version.person, version.why, version.origin) == ("founder", "План лета", Origin.TYPED)
    entry = AuditEntry.objects.get(action="plan_saved")
    assert (entry.user.username, entry.subject, entry.details["plan_version"]) == ("founder", "2026-06", 1)


def test_plan_is_looked_at_as_it_was_known_and_not_changed_there(company, people):
    """The lake of the fixture was made today: its plan is known at the end of today, and nothing was in 2020."""
    founder = client(people, "founder")
    founder.post("/plan/edit", sheet({"202606:dealers:": DEALERS}))
    today = datetime.now(UTC).date() + timedelta(days=1)  # the day of the company's zone may have begun already
    then = founder.get(f"/plan?month=2026-06&as_of={today}")
    page = then.content.decode()
    assert "5,67" in page and "Как знали" in page
    assert "Изменить план" not in page
    assert f"as_of={today}" in re.search(r'href="(\?month=2026-05[^"]*)"', page)[1]
    before = founder.get("/plan?month=2026-06&as_of=2020-01-01")
    assert "5,67" not in before.content.decode()
    assert founder.get("/plan?as_of=yesterday").status_code == 400
    assert founder.get("/plan?as_of=9999-12-31").status_code == 400


def test_wrong_cell_comes_back_with_everything_that_was_typed(company, people):
    response = client(people, "founder").post(
        "/plan/edit", sheet({"202606:dealers:": {**DEALERS, "target_share": "160"}})
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert spoken(page, "e-c0-target_share") == "Доля — от 0 до 100 %."
    assert 'name="c0-target_share" id="c0-target_share" value="160"' in page
    assert 'value="500 000"' in page
    assert asked(company)[1] == ()


def test_change_needs_a_reason(company, people):
    response = client(people, "founder").post("/plan/edit", sheet({"202606:dealers:": DEALERS}) | {"why": " "})
    assert response.status_code == 422
    assert asked(company)[1] == ()


def test_change_after_both_confirmed_waits_for_both_again(company, people):
    saved(company, people)
    for head in ("maria", "sergey"):
        client(people, head).post("/plan/confirm", {"seen": "202606:1"})
    client(people, "maria").post("/plan/edit", sheet({"202606:dealers:": {**DEALERS, "leads": "66"}}, "202606:1"))
    _, saved_versions, now = asked(company)
    assert ([version.number for version in saved_versions], now.confirmed_by) == ([2, 1], ())
    page = client(people, "sergey").get("/plan?month=2026-06").content.decode()
    assert "никем не подтверждён" in page
    assert "Дилеры: Лиды 60 → 66" in page
    assert "Подтвердить июнь 2026" in page
    assert "Подтвердить июнь 2026" not in client(people, "founder").get("/plan?month=2026-06").content.decode()


def test_plan_changed_meanwhile_is_not_overwritten_unseen(company, people):
    saved(company, people)
    response = client(people, "maria").post("/plan/edit", sheet({"202606:dealers:": {**DEALERS, "leads": "70"}}))
    page = response.content.decode()
    assert response.status_code == 409
    assert "План на июнь 2026 изменили, пока страница была открыта" in page
    assert 'name="seen" value="202606:1"' in page  # saving again is a decision now
    assert 'value="70"' in page
    assert asked(company)[0]["leads", "dealers", None] == 60


def test_emptied_sheet_withdraws_the_plan(company, people):
    saved(company, people)
    client(people, "maria").post("/plan/edit", sheet({"202606:dealers:": {}}, "202606:1"))
    assert asked(company)[0] == {}
    page = client(people, "maria").get("/plan?month=2026-06").content.decode()
    assert "План отозван" in page


def test_source_gets_a_row_inside_its_segment(company, people):
    response = client(people, "maria").post(
        "/plan/edit",
        sheet({"202606:dealers:": {}, "202606:private:": {}}) | {
            "add": "202606", "add-segment-202606": "dealers", "add-source-202606": "Директ: поиск",
        },
    )  # fmt: skip
    rows = re.findall(r'name="row" value="([^"]*)"', response.content.decode())
    assert rows == ["202606:dealers:", f"202606:dealers:{quote('Директ: поиск')}", "202606:private:"]
    client(people, "maria").post(
        "/plan/edit", sheet({rows[0]: {**DEALERS, "leads": ""}, rows[1]: {"leads": "40"}})
    )
    in_force = asked(company)[0]
    assert in_force["leads", "dealers", "Директ: поиск"] == 40
    # 40 × 0.6 × 0.9 × 0.35 × 500 000, of the source and so of the segment
    assert in_force["revenue", "dealers", "Директ: поиск"] == in_force["revenue", "dealers", None] == 3_780_000


def test_segment_that_differs_from_its_sources_is_told_above_the_month(company, people):
    response = client(people, "maria").post(
        "/plan/edit", sheet({"202606:dealers:": DEALERS, "202606:dealers:ads": {"leads": "40"}})
    )
    assert response.status_code == 422
    assert spoken(response.content.decode(), "w202606") == (
        "План на июнь 2026, Дилеры: лидов в сегменте 60, а по его источникам вместе 40. Исправьте или уберите "
        "одно из двух."
    )


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        ({"revenue": "6 000 000"}, "Выручка компании задана отдельно и расходится с выручкой сегментов."),
        ({"leads": "60"}, "Лиды заданы и компании, и сегментам."),
    ],
)
def test_company_is_not_planned_twice(company, people, whole, said):
    response = client(people, "maria").post("/plan/edit", sheet({"202606::": whole, "202606:dealers:": DEALERS}))
    assert said in response.content.decode()
    assert asked(company)[1] == ()


def test_revenue_alone_may_be_planned(company, people):
    client(people, "maria").post("/plan/edit", sheet({"202606::": {"revenue": "6 000 000"}}))
    assert asked(company)[0] == {("revenue", None, None): 6_000_000}
    assert (
        'value="6\u00a0000\u00a0000"' in client(people, "maria").get("/plan/edit?month=2026-06").content.decode()
    )


def test_numbers_that_the_sheet_does_not_show_are_kept(company, people, tmp_path):
    path = tmp_path / "plans.csv"
    path.write_text(
        "month,metric,segment,value\n2026-06,cpl,,900\n2026-06,revenue,private,504000\n2026-06,leads,dealers,60\n",
        "utf-8",
    )
    load(company, [path])
    reading._open.clear()
    client(people, "maria").post("/plan/edit", sheet({"202606:dealers:": {"leads": "61"}}, "202606:1"))
    assert asked(company)[0] == {
        ("cpl", None, None): 900, ("revenue", "private", None): 504_000, ("leads", "dealers", None): 61,
    }  # fmt: skip


def test_page_says_which_file_a_plan_came_from(company, people, tmp_path):
    path = tmp_path / "plans.csv"
    path.write_text("month,metric,segment,value\n2026-06,leads,dealers,60\n", "utf-8")
    load(company, [path], who="admin")
    page = client(people, "anna").get("/plan?month=2026-06").content.decode()
    assert "загружен из файла plans.csv" in page
    assert "Admin" in page


def test_implied_plan_fills_the_sheet_and_is_saved_as_implied(company, people):
    page = client(people, "maria").get("/plan/edit?month=2026-06&span=month&start=implied").content.decode()
    assert "Подразумеваемый план" in page
    assert "апрель 2026, май 2026" in page
    cells = dict(re.findall(r'<input name="(c1-[a-z_]+)" id="[^"]*" value="([^"]*)"', page))
    assert cells["c1-leads"] == "4"
    rows = re.findall(r'name="row" value="([^"]*)"', page)
    typed = {row: {} for row in rows}
    typed[rows[1]] = {name.removeprefix("c1-"): value for name, value in cells.items()}
    client(people, "maria").post("/plan/edit", sheet(typed, implied="0"))
    assert asked(company)[1][0].origin is Origin.IMPLIED
    typed[rows[1]]["leads"] = "5"
    client(people, "maria").post("/plan/edit", sheet(typed, "202606:1", implied="0"))
    assert asked(company)[1][0].origin is Origin.TYPED


def test_wrong_growth_is_a_sentence_on_the_page(company, people):
    page = client(people, "maria").get("/plan/edit?month=2026-06&start=implied&growth=-100").content.decode()
    assert "Рост задаётся в процентах" in page


def test_stale_form_is_refused_with_a_sentence(company, people):
    response = client(people, "maria").post("/plan/edit", {"seen": "nonsense", "row": "x"})
    assert response.status_code == 400
    assert "Форма плана устарела" in response.content.decode()


# --- reading ----------------------------------------------------------------------------------------------------


def test_both_horizons_read_one_plan(company, people):
    saved(company, people)
    year = client(people, "anna").get("/plan?month=2026-06").content.decode()
    quarter = client(people, "anna").get("/plan?month=2026-06&horizon=quarter").content.decode()
    assert "Маркетинг, 2026 год" in year
    assert "Продажи, 2-й квартал 2026" in quarter
    for page in (year, quarter):
        total = re.search(r'<tr class="tot">.*?</tr>', page, re.DOTALL)
        assert total
        assert "5,67" in total[0]
        # 60 leads, 36 target, 33 answers, 12 sales: what the SLA table says of June as well
        assert "36" in total[0]


def test_month_without_a_plan_says_so(company, people):
    page = client(people, "anna").get("/plan?month=2026-05").content.decode()
    assert "На май 2026 плана нет: вывод сравнивает месяц с дозревшими месяцами." in page
    assert "Ни одной версии не сохранено." in page
    assert "Изменить план" not in page


def test_all_open_months_are_confirmed_at_once(company, people):
    rows = {"202605:dealers:": DEALERS, "202606:dealers:": DEALERS}
    data = sheet(rows) | {"seen": ["202605:0", "202606:0"]}
    client(people, "founder").post("/plan/edit", data)
    page = client(people, "sergey").get("/plan?month=2026-06").content.decode()
    assert "Подтвердить все месяцы, 2026 год: 2" in page
    client(people, "sergey").post("/plan/confirm", {"seen": ["202605:1", "202606:1"], "month": "2026-06"})
    for month in (MAY, JUNE):
        assert asked(company, month)[2].confirmed_by == (Zone.SALES,)
    assert AuditEntry.objects.filter(action="plan_confirmed", user__username="sergey").count() == 2


def test_audit_log_tells_of_the_plan_in_words(company, people):
    saved(company, people)
    client(people, "sergey").post("/plan/confirm", {"seen": "202606:1"})
    page = client(people, "founder").get("/audit").content.decode()
    assert "изменил план" in page
    assert "подтвердил план" in page


def test_page_in_english(company, people):
    saved(company, people)
    english = client(people, "anna")
    english.cookies["language"] = "en"
    page = english.get("/plan?month=2026-06").content.decode()
    assert "The plan of June 2026: ₽5.67m, confirmed by nobody." in page.replace("\u00a0", "")
