"""The pictures on PDF pages that also hold text: found with their places, and read by OCR as the page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.formats.figures import MIN_PIXELS, MIN_SIDE, Figures, key_of
from ingest.formats.ocr import MAX_PIXELS
from ingest.formats.pdf_lines import Glyph
from ingest.formats.pdf_page import Figure, PageText, with_figure

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument

MAX_ON_PAGE = 100
MOST_DPI = 300
LETTERS_OF_ITS_OWN = 10
"""A picture with more letters of the page on it is a ground, or a scan whose text somebody has read before."""


@dataclass(frozen=True, slots=True)
class Found:
    """A picture on the page `index`: its pixels across and down, and its box there (left, bottom, right, top, in points)."""

    index: int
    key: str
    width: int
    height: int
    box: tuple[float, float, float, float]


def find_figures(page: Any, raw: Any, index: int, glyphs: Sequence[Glyph]) -> list[Found]:
    """The pictures of a page that may hold text of their own, in the order of the file."""
    found: list[Found] = []
    for number, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4)):
        if number >= MAX_ON_PAGE:
            break
        width, height = item.get_px_size()
        if min(width, height) < MIN_SIDE or width * height < MIN_PIXELS or width * height > MAX_PIXELS:
            continue
        box = _box(item)
        if _letters(glyphs, box) < LETTERS_OF_ITS_OWN:
            found.append(Found(index, key_of(bytes(item.get_data())), width, height, box))
    return found


def read_figures(
    document: "PdfDocument", pages: list[PageText], found: Sequence[Found], errors: tuple[type[Exception], ...]
) -> Figures:
    """Puts what stands in the pictures into their pages; what became of them."""
    figures = Figures(figure.key for figure in found)
    for figure in found:
        if not figures.is_wanted(figure.key, figure.width, figure.height):
            continue
        try:
            text = figures.text_in(_rendered(document, figure))
        except errors:
            continue
        if text:
            pages[figure.index] = with_figure(pages[figure.index], Figure(text), figure.box)
    return figures


def _rendered(document: "PdfDocument", figure: Found) -> "Image":
    """The part of the page with the picture, upright and in its own resolution."""
    page = document[figure.index]
    try:
        left, bottom, right, top = figure.box
        if page.get_rotation():
            crop = (0.0, 0.0, 0.0, 0.0)
        else:
            outer = page.get_bbox()
            crop = (left - outer[0], bottom - outer[1], outer[2] - right, outer[3] - top)
        scale = min(figure.width / max(right - left, 1.0), MOST_DPI / 72)
        picture: Image = page.render(scale=scale, crop=tuple(max(0.0, side) for side in crop), grayscale=True).to_pil()
        return picture
    finally:
        page.close()


def _box(item: Any) -> tuple[float, float, float, float]:
    """Where an object stands on its page, also within groups."""
    box: tuple[float, float, float, float] = item.get_bounds()
    group = item.container
    while group is not None:
        box = group.get_matrix().on_rect(*box)
        group = group.container
    return box


def _letters(glyphs: Sequence[Glyph], box: tuple[float, float, float, float]) -> int:
    """How many visible characters of the page stand in the box."""
    left, bottom, right, top = box
    return sum(
        not glyph.text.isspace()
        and left <= (glyph.left + glyph.right) / 2 <= right
        and bottom <= (glyph.bottom + glyph.top) / 2 <= top
        for glyph in glyphs
    )
