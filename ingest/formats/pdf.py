"""PDF: the text of each page with its number; scanned pages are read in the picture where tesseract is installed."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ingest.formats.composer import Composer
from ingest.formats.ocr import not_installed, read_picture, tesseract
from ingest.formats.pdf_continued import joined
from ingest.formats.pdf_figures import Found, find_figures, read_figures
from ingest.formats.pdf_flow import compose, largest_line
from ingest.formats.pdf_heads import without_running_heads
from ingest.formats.pdf_items import items_of
from ingest.formats.pdf_lines import glyphs_of
from ingest.formats.pdf_order import in_order
from ingest.formats.pdf_page import Item, PageText, Table
from ingest.formats.pdf_tables import rules_of
from rag_app.errors import EmptySource, NeedsOcr, UnreadableSource
from rag_app.schema import Reading, SourceText

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 2_000
MAX_PAGE_CHARS = 100_000
MAX_OCR_PAGES = 60
OCR_BUDGET_S = 90.0
OCR_DPI = 200
_FEW_CHARS = 15
_FEW_CHARS_A_PAGE = 5
_MANY_BLANK_SHARE = 0.2
_DATE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
_FILE_TITLE = re.compile(
    r"\.(?:docx?|hwpx?|pptx?|xlsx?|pdf|tmp|indd)\Z|\AMicrosoft (?:Word|PowerPoint|Excel) - |\Auntitled\Z", re.IGNORECASE
)


@dataclass(slots=True)
class _Reading:
    """What is gathered while the pages are read; `scans` and `damaged` are indices of pages."""

    warnings: list[str] = field(default_factory=list)
    pages: list[PageText] = field(default_factory=list)
    figures: list[Found] = field(default_factory=list)
    scans: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    recognised: int = 0
    unread: int = 0


def read_pdf(data: bytes) -> SourceText:
    """The text in reading order with headings by letter size, ruled tables, and a mark for each page.

    Lines that a page breaks are joined, and a table that goes on names its columns on each page; heads and page numbers that
    come again on every page are left out. Scanned pages and the pictures on other pages are read by OCR.
    Does not cover: formulas.

    Raises:
        UnreadableSource: it is damaged, or locked with a password.
        NeedsOcr: it is a scan and tesseract is not installed.
        EmptySource: nothing is readable in it.
    """
    reading = _Reading()
    warnings = reading.warnings
    document = _open(data)
    try:
        count = len(document)
        if count > MAX_PAGES:
            warnings.append(f"only the first {MAX_PAGES:,} of {count:,} pages were read; split the file")
        _read_pages(document, min(count, MAX_PAGES), reading)
        _read_scans(document, reading)
        pages, removed = without_running_heads(reading.pages)
        pages = joined(pages)
        figures = read_figures(document, pages, reading.figures, _page_errors())
        title, metadata = _stated(document)
    finally:
        document.close()
    if removed:
        warnings.append(f"{removed} repeated page heads and page numbers were left out")
    warnings += figures.warnings()
    composer = Composer()
    compose(pages, composer)
    if not composer.chars:
        raise _nothing(reading)
    blank = sum(not page.items and not page.scanned for page in pages)
    if blank > max(1, _MANY_BLANK_SHARE * count) and not reading.scans:
        warnings.append(f"{blank} of {count} pages are empty")
    if composer.chars < _FEW_CHARS_A_PAGE * count:
        warnings.append(f"only {composer.chars} characters were found on {count} pages")
    return composer.source(
        title=title or composer.first_heading or largest_line(pages),
        format_name="pdf",
        encoding="pdf",
        metadata={**metadata, "pages": str(count)},
        warnings=warnings,
        reading=Reading(count, blank, reading.recognised + figures.read, reading.unread + figures.unread),
    )


def _open(data: bytes) -> "PdfDocument":
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
        if len(document) == 0:
            raise UnreadableSource("the PDF has no pages")
    except PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UnreadableSource("the PDF is locked with a password; save it without one") from error
        raise UnreadableSource("the PDF is damaged; save it again or get another copy") from error
    return document


def _nothing(reading: _Reading) -> EmptySource | UnreadableSource:
    """Why a PDF gave no text at all."""
    if reading.damaged:
        return UnreadableSource("; ".join(reading.warnings) + "; save it again or get another copy")
    if reading.unread:
        return NeedsOcr(not_installed(reading.warnings[-1]))
    return EmptySource("no text was found in the PDF")


def _read_pages(document: "PdfDocument", count: int, reading: _Reading) -> None:
    """Reads the text of the pages, and notes which are scans."""
    for index in range(count):
        try:
            page, figures = _page(document, index, reading.pages[-1].items if reading.pages else ())
        except _page_errors():
            reading.damaged.append(index)
            page, figures = PageText(index + 1), []
        reading.pages.append(page)
        if sum(_chars(item) for item in page.items) < _FEW_CHARS and _has_picture(document, index):
            reading.scans.append(index)
        else:
            reading.figures += figures
    if reading.damaged:
        reading.warnings.append(f"{len(reading.damaged)} of {count} pages are damaged and could not be read")


def _page(document: "PdfDocument", index: int, before: Sequence[Item]) -> tuple[PageText, list[Found]]:
    """The text of a page, `before` is what stands on the last one; and its pictures."""
    import pypdfium2.raw as raw

    page = document[index]
    try:
        text_page = page.get_textpage()
        try:
            glyphs = in_order(glyphs_of(text_page, raw, limit=MAX_PAGE_CHARS))
        finally:
            text_page.close()
        items = items_of(glyphs, rules_of(page, raw) if glyphs else (), before)
        width, height = page.get_size()
        text = PageText(index + 1, items, wide=width > 1.2 * height)
        return text, find_figures(page, raw, index, glyphs)
    finally:
        page.close()


def _read_scans(document: "PdfDocument", reading: _Reading) -> None:
    """Puts the text of pictures into the pages that have no other."""
    pages, scans, warnings = reading.pages, reading.scans, reading.warnings
    if not scans:
        return
    names = f"page {scans[0] + 1}" if len(scans) == 1 else f"{len(scans)} of {len(pages)} pages"
    if tesseract() is None:
        warnings.append(f"no text on {names} (a scan), needs OCR")
        reading.unread = len(scans)
        return
    until = time.monotonic() + OCR_BUDGET_S
    read = 0
    for index in scans[:MAX_OCR_PAGES]:
        left = until - time.monotonic()
        if left <= 1:
            break
        page = document[index]
        try:
            width, height = page.get_size()
            scale = min(OCR_DPI / 72, 5_000 / max(width, height, 1))
            picture = page.render(scale=scale, grayscale=True).to_pil()
        except _page_errors():
            continue
        finally:
            page.close()
        pages[index] = replace(pages[index], scanned=read_picture(picture, timeout_s=min(left, 30)))
        reading.recognised += bool(pages[index].scanned)
        read += 1
    if reading.recognised:
        warnings.append(f"OCR was used on {names}: check names and numbers against the original")
    if read < len(scans):
        warnings.append(
            f"{len(scans) - read} scanned pages were not read (at most {MAX_OCR_PAGES} pages, {OCR_BUDGET_S:.0f} s)"
        )


def _has_picture(document: "PdfDocument", index: int) -> bool:
    import pypdfium2.raw as raw

    try:
        page = document[index]
        try:
            kinds = [raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_SHADING]
            return any(item.type == raw.FPDF_PAGEOBJ_IMAGE for item in page.get_objects(filter=kinds, max_depth=4))
        finally:
            page.close()
    except _page_errors():
        return False


def _stated(document: "PdfDocument") -> tuple[str, dict[str, str]]:
    """The title and what else the file states of itself; the name of a file is no title."""
    stated = {key: str(value or "").strip("\x00 ") for key, value in document.get_metadata_dict().items()}
    date = _DATE.match(stated.get("ModDate") or "") or _DATE.match(stated.get("CreationDate") or "")
    title = stated.get("Title", "")
    metadata = {"author": stated.get("Author", ""), "date": "-".join(date.groups()) if date else ""}
    return ("" if _FILE_TITLE.search(title) else title), metadata


def _chars(item: Item) -> int:
    return sum(len(cell) for row in item.rows for cell in row) if isinstance(item, Table) else len(item.text)


def _page_errors() -> tuple[type[Exception], ...]:
    from pypdfium2 import PdfiumError

    return (PdfiumError, ValueError, OSError)
