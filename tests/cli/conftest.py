from __future__ import annotations

from pathlib import Path

import pytest

COMPANY = """
name = "Качели"
currency = "RUB"
zone = "Europe/Moscow"

[[stages]]
key = "fresh"
name = { ru = "Новый", en = "New" }
zone = "marketing"

[[stages]]
key = "offer"
name = { ru = "Предложение", en = "Offer" }
milestone = "deal"

[[stages]]
key = "won"
name = { ru = "Оплачено", en = "Paid" }
milestone = "won"

[[stages]]
key = "lost"
name = { ru = "Потерян", en = "Lost" }
milestone = "lost"
"""

# Five leads in October, one of them without its number; two were sold, one was lost.
LEADS = """lead_id,created_at,lead_source,segment,manager
1,2026-10-01T10:00:00+03:00,Директ,Дилеры,Анна
2,2026-10-02T10:00:00+03:00,Директ,Частные,Анна
3,2026-10-03T10:00:00+03:00,Выставка,Дилеры,Иван
4,2026-10-04T10:00:00+03:00,,Дилеры,Иван
,2026-10-05T10:00:00+03:00,Директ,Дилеры,Иван
"""
MOVES = """lead_id,stage,entered_at,loss_reason
1,fresh,2026-10-01T10:00:00+03:00,
1,offer,2026-10-02T10:00:00+03:00,
1,won,2026-10-04T10:00:00+03:00,
2,fresh,2026-10-02T10:00:00+03:00,
2,lost,2026-10-05T10:00:00+03:00,Дорого
3,fresh,2026-10-03T10:00:00+03:00,
3,offer,2026-10-06T10:00:00+03:00,
3,won,2026-10-10T10:00:00+03:00,
4,fresh,2026-10-04T10:00:00+03:00,
"""
PAYMENTS = """payment_id,lead_id,paid_at,amount
p1,1,2026-10-04T12:00:00+03:00,1000.00
p3,3,2026-10-10T12:00:00+03:00,3000.50
"""
SPEND = """day,lead_source,campaign,cost,clicks,impressions
2026-10-01,Директ,осень,300.00,30,1000
2026-10-02,Директ,осень,100.00,10,400
"""


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A folder of facts that loads without a mapping."""
    folder = tmp_path / "facts"
    folder.mkdir()
    for name, text in {"leads": LEADS, "stage_moves": MOVES, "payments": PAYMENTS, "ad_spend": SPEND}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace of a company with stages; commands speak Russian and know the place."""
    from smarketing.jobs.workspace import Workspace

    root = tmp_path / "company"
    Workspace.init(root)
    (root / "company.toml").write_text(COMPANY, encoding="utf-8")
    monkeypatch.setenv("SMARKETING_HOME", str(root))
    monkeypatch.setenv("SMARKETING_LANGUAGE", "ru")
    monkeypatch.setenv("COLUMNS", "160")
    return root
