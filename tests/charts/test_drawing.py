"""What every picture must be on a page, on paper and in a letter."""

from __future__ import annotations

import re
import struct
from dataclasses import replace

import pytest

from smarketing.charts import Picture, Size, funnel_bars, inline_svg, png, print_svg, screen_svg
from smarketing.charts.drawing import font_folder
from smarketing.charts.theme import FONT, palette
from smarketing.facts.language import LANGUAGES, Language, same
from tests.charts.pictures import CHARTS, FUNNEL, SVG, parsed, texts

ALL = [(name, size, language) for name in CHARTS for size in Size for language in LANGUAGES]


def drawn(name: str, size: Size = Size.WIDE, language: Language = "ru") -> Picture:
    return CHARTS[name](size, language)


@pytest.mark.parametrize("name", CHARTS)
def test_screen_svg_has_tokens_and_no_literal_colour(name: str) -> None:
    svg = screen_svg(drawn(name), "a")

    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b", re.sub(r"url\(#[^)]*\)", "", svg)) == []
    assert set(re.findall(r"var\(--(\w+)\)", svg)) <= set(palette())
    assert "font-family" not in svg


@pytest.mark.parametrize(("name", "size", "language"), ALL)
def test_screen_svg_is_one_image_with_title_and_figures(name: str, size: Size, language: Language) -> None:
    picture = drawn(name, size, language)
    root = parsed(screen_svg(picture, "page"))

    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "page-t page-d"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.get("id"), title.text) == ("page-t", picture.title)
    assert (description.get("id"), description.text) == ("page-d", picture.description)
    assert re.search(r"\d", picture.description)
    roles = [element for element in root.iter() if element is not root and ("role" in element.attrib)]
    assert roles == []


@pytest.mark.parametrize("name", CHARTS)
def test_inline_svg_gives_both_sizes_with_ids_unique_on_the_page(name: str) -> None:
    page = inline_svg(lambda size: drawn(name, size), "first") + inline_svg(
        lambda size: drawn(name, size), "second"
    )
    ids = re.findall(r'\bid="([^"]+)"', page)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)
    assert page.count('class="chart only-w"') == page.count('class="chart only-n"') == 2


@pytest.mark.parametrize(("name", "size", "language"), ALL)
def test_picture_fits_its_room(name: str, size: Size, language: Language) -> None:
    width = float(re.search(r'width="([\d.]+)"', print_svg(drawn(name, size, language))).group(1))  # type: ignore[union-attr]

    assert width <= size.width + 12


@pytest.mark.parametrize("name", CHARTS)
def test_print_svg_has_the_light_colours_and_the_font_by_name(name: str) -> None:
    svg = print_svg(drawn(name, Size.PRINT))
    colours = {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", svg)}

    assert "var(" not in svg
    assert colours
    assert colours <= {colour.upper() for colour in palette().values()}
    assert all(found == FONT for found in re.findall(r'font-family="([^"]+)"', svg))


def test_png_is_drawn_at_twice_the_size_and_in_both_palettes() -> None:
    picture = drawn("funnel_bars")
    width = float(re.search(r'width="([\d.]+)"', print_svg(picture)).group(1))  # type: ignore[union-attr]
    light, dark = png(picture), png(picture, "dark")

    assert light[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", light[16:20])[0] == pytest.approx(2 * width, abs=2)
    assert light != dark


def test_names_are_escaped() -> None:
    bar = replace(FUNNEL[0], name=same("<b>'К&П'\\"))
    svg = screen_svg(funnel_bars([bar], Size.WIDE, "ru"), "a")

    assert "<b>'К&П'\\" in texts(svg)
    assert "<b>" not in svg


def test_font_has_the_signs_that_figures_need() -> None:
    """₽ № − → and the no-break space in every weight that the charts use; read from the files themselves."""
    for weight in ("Regular", "SemiBold"):
        found = characters((font_folder() / f"{FONT}-{weight}.ttf").read_bytes())
        assert {ord(sign) for sign in "₽№−→–…\u00a0Яё"} <= found


def test_font_is_the_one_the_pictures_are_measured_with() -> None:
    """With a font it does not know vl-convert falls back to one without the rouble sign and of other widths."""
    assert FONT in {path.name.split("-")[0] for path in font_folder().glob("*.ttf")}


def characters(font: bytes) -> set[int]:
    """The characters of a TrueType font: its ``cmap`` table, format 4 (OpenType specification)."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {
        font[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">I", font, 20 + 16 * i)[0] for i in range(count)
    }
    start = tables[b"cmap"]
    for index in range(struct.unpack_from(">H", font, start + 2)[0]):
        offset = start + struct.unpack_from(">I", font, start + 8 + 8 * index)[0]
        if struct.unpack_from(">H", font, offset)[0] == 4:
            return _format_4(font, offset)
    raise AssertionError("the font has no table of characters in format 4")


def _format_4(font: bytes, offset: int) -> set[int]:
    segments = struct.unpack_from(">H", font, offset + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", font, offset + 14)
    starts = struct.unpack_from(f">{segments}H", font, offset + 16 + 2 * segments)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)} - {0xFFFF}
