"""How does a picture become SVG on a page, on paper, or a PNG in a letter? On the server, without the network."""

from __future__ import annotations

import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache
from pathlib import Path

import font_manrope
import vl_convert

from smarketing.charts.picture import Picture, Size
from smarketing.charts.theme import PaletteName, palette

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_HEX = re.compile(r"#[0-9A-Fa-f]{6}\b")
_LOCAL_URL = re.compile(r"url\(#([^)]+)\)")
_CLASSES = {Size.WIDE: "chart only-w", Size.NARROW: "chart only-n", Size.PRINT: "chart"}
# vl-convert runs one script engine; two calls at once wait for each other here rather than inside it.
_ENGINE = threading.Lock()


def inline_svg(make: Callable[[Size], Picture], key: str) -> str:
    """Both sizes for a page, CSS shows one. ``key`` is unique on the page."""
    return screen_svg(make(Size.WIDE), f"{key}-w") + screen_svg(make(Size.NARROW), f"{key}-n")


def screen_svg(picture: Picture, key: str) -> str:
    """One size for a page: colours are the page's tokens, letters the page's font."""
    tokens = {value.upper(): f"var(--{token})" for token, value in palette().items()}
    return _finished(_drawn(picture), picture, key, lambda colour: tokens[colour.upper()], own_font=False)


def print_svg(picture: Picture, key: str = "chart", name: PaletteName = "light") -> str:
    """For paper: literal colours and the font by name."""
    return _finished(_drawn(picture), picture, key, _repaint(name), own_font=True)


def png(picture: Picture, name: PaletteName = "light", scale: float = 2) -> bytes:
    """For letters: at twice the size, on the palette's own ground."""
    repaint = _repaint(name)
    svg = _HEX.sub(lambda found: repaint(found.group()), _drawn(picture))
    ground = f'<rect width="100%" height="100%" fill="{palette(name)["surface"]}"/>'
    start = svg.index(">") + 1
    with _ENGINE:
        return bytes(vl_convert.svg_to_png(svg[:start] + ground + svg[start:], scale=scale))


def font_folder() -> Path:
    """Where the files of the font lie; the pages serve them and the printer reads them from here."""
    return Path(font_manrope.font_directory)


@cache
def _register_font() -> None:
    # vl-convert's own font lacks the rouble sign.
    vl_convert.register_font_directory(str(font_folder()))


def _drawn(picture: Picture) -> str:
    _register_font()
    with _ENGINE:
        return str(vl_convert.vegalite_to_svg(picture.spec))


def _repaint(name: PaletteName) -> Callable[[str], str]:
    light, wanted = palette(), palette(name)
    tokens = {value.upper(): token for token, value in light.items()}
    return lambda colour: wanted[tokens[colour.upper()]]


def _finished(svg: str, picture: Picture, key: str, repaint: Callable[[str], str], *, own_font: bool) -> str:
    ET.register_namespace("", _SVG)
    root = ET.fromstring(svg)  # noqa: S314 - the drawing is our own, from a spec of our own
    for element in root.iter():
        _clean(element, key, repaint, own_font=own_font)
    root.attrib.pop("version", None)
    root.set("class", _CLASSES[picture.size])
    # An image hides what is in it from a screen reader; a picture with links in it does not.
    root.set("role", "group" if root.find(f".//{{{_SVG}}}a") is not None else "img")
    root.set("aria-labelledby", f"{key}-t {key}-d")
    for place, (tag, text) in enumerate({"title": picture.title, "desc": picture.description}.items()):
        child = ET.Element(f"{{{_SVG}}}{tag}", {"id": f"{key}-{tag[0]}"})
        child.text = text
        root.insert(place, child)
    return ET.tostring(root, encoding="unicode")


def _clean(element: ET.Element, key: str, repaint: Callable[[str], str], *, own_font: bool) -> None:
    """Inner roles and classes go, ids become the page's own, links plain, colours are repainted."""
    if element.tag == f"{{{_SVG}}}a":
        place = element.get(_XLINK, "").partition("#")[2]  # vl-convert puts an address of its own before it
        element.attrib.clear()
        element.set("href", f"#{place}")
        return
    unwanted = {"role", "class"} if own_font else {"role", "class", "font-family"}
    for attribute, value in list(element.attrib.items()):
        if attribute.startswith("aria-") or attribute in unwanted:
            del element.attrib[attribute]
        elif attribute == "id":
            element.set(attribute, f"{key}-{value}")
        else:
            painted = _HEX.sub(lambda found: repaint(found.group()), value)
            element.set(attribute, _LOCAL_URL.sub(rf"url(#{key}-\1)", painted))
