"""Can every kind that is listed be connected by what its form asks?"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

import pytest

from smarketing.connectors.outside.kinds import Account, Connection, Counted, checked
from smarketing.jobs.kinds import KINDS

# What a person would write into the options that a kind cannot do without.
NEEDED = {"vk_ads": {"cost_includes_vat": "true"}, "yandex_metrica": {"counter": "44147844"}}
SECRET = "https://portal.example/rest/1/s3cret-code/"  # whatever a kind asks for, a text like this may come


def unheard(_renewed: Mapping[str, str]) -> None:
    """Nobody keeps what is renewed here."""


@pytest.mark.parametrize("key", KINDS)
def test_kind_opens_by_what_its_form_asks(key: str) -> None:
    kind = KINDS[key]
    assert kind.key == key
    given = Connection(
        key="one", kind=key, title="One", base_url="https://portal.example", options=NEEDED.get(key, {})
    )
    known = checked(given, kind)
    secrets = dict.fromkeys((field.name for field in kind.secret_fields), SECRET)
    account = Account(
        base_url=known.base_url,
        options=kind.options.model_validate(known.options),
        secrets=secrets,
        keep=unheard,
        reread=lambda: secrets,
    )
    with closing(kind.open(account)) as connector:
        assert connector.kind == key.removesuffix("_app")
        assert isinstance(connector, Counted)
        assert (connector.traffic.requests, connector.traffic.waited) == (0, 0)  # opening asks nothing
        names = [stream.name for stream in connector.streams]
        assert names
        assert len(names) == len(set(names))


@pytest.mark.parametrize("key", KINDS)
def test_fields_of_the_form_are_options_of_the_kind(key: str) -> None:
    kind = KINDS[key]
    options = {field.name for field in kind.fields if not field.secret}
    assert options <= set(kind.options.model_fields)
    needed = {name for name, field in kind.options.model_fields.items() if field.is_required()}
    assert needed <= {field.name for field in kind.fields if field.required}
    assert kind.secret_fields
    assert kind.asks_address or kind.base_url.startswith("https://") or key.startswith("bitrix24")


def test_pairs_become_a_mapping() -> None:
    said = KINDS["bitrix24"].option("fields", "segment=UF_CRM_1, region = UF_CRM_2")
    assert said == {"segment": "UF_CRM_1", "region": "UF_CRM_2"}


def test_value_with_commas_becomes_several() -> None:
    goals = KINDS["yandex_direct"].option("goals", " 1, 2 ,,3 ")
    assert goals == ["1", "2", "3"]
    assert KINDS["yandex_direct"].option("login", " anna ") == "anna"
