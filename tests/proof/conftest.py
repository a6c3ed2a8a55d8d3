"""Every data set is loaded once per session; two sessions of tests never share a folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proof.loaded import Loaded, loaded
from tests.proof.olist import ARCHIVED, prepare
from tests.proof.shared import DATA, ROOT

MAPPINGS = ROOT / "tests" / "proof" / "mappings"
SCHOOL = DATA / "school_crm"


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """All four exports, as they came, by the shipped mappings."""
    files = [SCHOOL / name for name in ("deals.csv", "spend.csv", "contacts.csv", "calls.csv.gz")]
    with loaded(tmp_path_factory.mktemp("school") / "w", files) as found:
        yield found


@pytest.fixture(scope="session")
def school_xlsx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """The same deals and spend from their workbooks."""
    files = [SCHOOL / name for name in ("deals.xlsx", "spend.xlsx")]
    with loaded(tmp_path_factory.mktemp("school_xlsx") / "w", files) as found:
        yield found


@pytest.fixture(scope="session")
def olist(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """Leads with their deals, and the order items of the sellers they became."""
    folder = tmp_path_factory.mktemp("olist")
    files = prepare(DATA / "olist_funnel", folder)
    mappings = [MAPPINGS / f"olist_{name}.toml" for name in ("leads", "sales", "items", "payments")]
    with loaded(folder / "w", files, mappings, ARCHIVED) as found:
        yield found


@pytest.fixture(scope="session")
def education(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    """One wide file with «Select» as empty."""
    folder = tmp_path_factory.mktemp("education")
    with loaded(folder / "w", [DATA / "x_education" / "leads.csv"], [MAPPINGS / "x_education.toml"]) as found:
        yield found
