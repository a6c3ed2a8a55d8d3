"""Icons are drawn from the files that lucide ships, without its private functions."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from smarketing.web.icons import drawn
from tests.web.test_templates import TEMPLATES


def test_icon_is_an_svg_of_ours_hidden_from_screen_readers() -> None:
    root = ET.fromstring(drawn("info"))  # noqa: S314 - drawn by ourselves
    assert (root.tag, root.get("class"), root.get("aria-hidden"), root.get("width")) == ("svg", "i", "true", "16")
    assert {child.tag for child in root} == {"circle", "path"}
    assert "xmlns" not in drawn("info")


def test_icon_that_lucide_has_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        drawn("no-such-icon")


def test_every_icon_of_the_templates_is_shipped() -> None:
    named = {
        name for path in TEMPLATES for name in re.findall(r'\{% icon "([\w-]+)" %\}', path.read_text("utf-8"))
    }
    assert len(named) > 10
    for name in named:
        assert drawn(name).startswith("<svg")
