"""How does an icon get into a page? Drawn from the SVG files that the package lucide ships, inside the page."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from functools import cache
from importlib import resources
from zipfile import ZipFile

_SVG = "http://www.w3.org/2000/svg"
# A word stands beside every icon, so a screen reader passes over it.
_LOOK = {"width": "16", "height": "16", "class": "i", "aria-hidden": "true", "focusable": "false"}


@cache
def drawn(name: str) -> str:
    """The icon as an ``<svg>`` without a namespace of its own; raises ``KeyError`` for an unknown name."""
    root = ET.fromstring(_shipped().read(f"{name}.svg"))  # noqa: S314 - a file of an installed package
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
    root.attrib.update(_LOOK)
    return ET.tostring(root, encoding="unicode")


@cache
def _shipped() -> ZipFile:
    return ZipFile(io.BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))
