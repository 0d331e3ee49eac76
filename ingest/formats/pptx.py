"""PowerPoint presentations (.pptx): each slide under its title, with bullets, tables, charts' numbers, pictures and notes."""

import io
from collections.abc import Iterator
from typing import Any, Final

from ingest.formats.composer import Composer
from ingest.formats.figures import Figures, described
from ingest.formats.packages import check_xml, open_package
from rag_app.errors import UnreadableSource
from rag_app.schema import Reading, SourceText

MAX_SLIDES = 2_000
MAX_DEPTH = 8
MAX_TITLE_CHARS = 80
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_EMBEDDED: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_PLACE_FILLERS = frozenset((13, 15, 16))  # slide number, foot, date


def read_pptx(data: bytes) -> SourceText:
    """The slides in order; places are "slide 3". Hidden slides, numbers, feet and dates are left out.

    A picture stands behind the text of its box, with its alternative text and what OCR reads in it.

    Raises:
        UnreadableSource: it is damaged.
        SourceTooLarge: it unpacks to more than the limits.
    """
    from lxml.etree import XMLSyntaxError
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    package = open_package(data)
    check_xml(package)
    composer = Composer()
    warnings: list[str] = []
    try:
        presentation = Presentation(io.BytesIO(data))
        slides = list(presentation.slides)
        shown = {n: slide for n, slide in enumerate(slides[:MAX_SLIDES], start=1) if slide.element.get("show") != "0"}
        figures = Figures(
            str(part.partname) for slide in shown.values() for part in map(_picture, _shapes(slide.shapes, 0)) if part
        )
        empty = 0
        for number, slide in shown.items():
            before = composer.chars
            composer.place(f"slide {number}")
            _slide(slide, composer, figures)
            empty += composer.chars == before
        properties = presentation.core_properties
    except (PythonPptxError, XMLSyntaxError, KeyError, ValueError, AttributeError, TypeError, IndexError) as error:
        raise UnreadableSource("the presentation is damaged; open it in its program and save it again") from error
    hidden = sum(slide.element.get("show") == "0" for slide in slides)
    if hidden:
        warnings.append(f"hidden slides left out: {hidden}")
    if len(slides) > MAX_SLIDES:
        warnings.append(f"only the first {MAX_SLIDES:,} of {len(slides):,} slides were read")
    warnings += figures.warnings()
    date = properties.modified or properties.created
    title = properties.title or ""
    return composer.source(
        title=composer.first_heading
        if title.strip() in ("", "PowerPoint 프레젠테이션", "PowerPoint Presentation")
        else title,
        format_name="pptx",
        metadata={
            "author": properties.author or "",
            "date": date.date().isoformat() if date and date.year > 1980 else "",
            "slides": str(len(slides)),
        },
        warnings=warnings,
        reading=Reading(len(slides), empty, figures.read, figures.unread),
    )


def _slide(slide: Any, composer: Composer, figures: Figures) -> None:
    shapes = list(_shapes(slide.shapes, 0))
    title = slide.shapes.title or _first_line(shapes)
    if title is not None:
        composer.heading(1, title.text_frame.text)
    for shape in shapes:
        if title is None or shape.shape_id != title.shape_id:
            _shape(shape, composer, figures)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for paragraph in slide.notes_slide.notes_text_frame.paragraphs:
            composer.paragraph(_text(paragraph))


def _first_line(shapes: list[Any]) -> Any | None:
    """The topmost text of a slide without a title box, when it is short and not all there is."""
    texts = [shape for shape in shapes if getattr(shape, "has_text_frame", False) and shape.text_frame.text.strip()]
    if len(shapes) < 2 or not texts:
        return None
    top = min(texts, key=lambda shape: (shape.top or 0, shape.left or 0))
    return top if len(top.text_frame.text) <= MAX_TITLE_CHARS and len(top.text_frame.paragraphs) == 1 else None


def _shapes(shapes: Any, depth: int) -> Iterator[Any]:
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < MAX_DEPTH:
            yield from _shapes(shape.shapes, depth + 1)
        elif not (shape.is_placeholder and shape.placeholder_format.type in _PLACE_FILLERS):
            yield shape


def _shape(shape: Any, composer: Composer, figures: Figures) -> None:
    if getattr(shape, "has_table", False) and shape.has_table:
        composer.table(_rows(shape.table))
    elif getattr(shape, "has_chart", False) and shape.has_chart:
        _chart(shape.chart, composer)
    elif getattr(shape, "has_text_frame", False) and shape.has_text_frame:
        paragraphs = [paragraph for paragraph in shape.text_frame.paragraphs if _text(paragraph).strip()]
        for paragraph in paragraphs:
            if len(paragraphs) > 1 or paragraph.level:
                composer.item(_text(paragraph), depth=paragraph.level)
            else:
                composer.paragraph(_text(paragraph))
    composer.paragraph(described(shape._element.xpath("string(.//p:cNvPr/@descr)")))
    part = _picture(shape)
    if part is not None:
        composer.picture(figures.text_of(part.blob, key=str(part.partname)))


def _picture(shape: Any) -> Any | None:
    """The part that holds the picture a shape shows; None for other shapes and for linked pictures."""
    blip = next(shape._element.iter(_A + "blip"), None)
    id_ = blip.get(_EMBEDDED) if blip is not None else None
    return shape.part.related_part(id_) if id_ and id_ in shape.part.rels else None


def _text(paragraph: Any) -> str:
    """The text of a paragraph with fields and line breaks; python-pptx gives a vertical tab for the latter."""
    parts = []
    for node in paragraph._p.iter(_A + "t", _A + "br"):
        parts.append(" " if node.tag == _A + "br" else node.text or "")
    return "".join(parts)


def _rows(table: Any) -> list[list[str]]:
    """The cells; one merged over rows says its text in each, one merged over columns says it once."""
    rows: list[list[str]] = []
    for row in table.rows:
        cells: list[str] = []
        for column, cell in enumerate(row.cells):
            if cell.is_spanned:
                from_above = bool(cell._tc.vMerge) and not cell._tc.hMerge
                cells.append(rows[-1][column] if from_above and rows else "")
            else:
                cells.append(" ".join(_text(paragraph) for paragraph in cell.text_frame.paragraphs))
        rows.append(cells)
    return rows


def _chart(chart: Any, composer: Composer) -> None:
    """The numbers behind a chart as a table: categories down, series across."""
    if chart.has_title and chart.chart_title.has_text_frame:
        composer.paragraph(chart.chart_title.text_frame.text)
    for plot in chart.plots:
        series = list(plot.series)
        header = ["", *(str(one.name) for one in series)]
        values = [list(one.values) for one in series]
        rows = [
            [str(category), *("" if index >= len(of) or of[index] is None else f"{of[index]:g}" for of in values)]
            for index, category in enumerate(plot.categories)
        ]
        if rows:
            composer.table([header, *rows])
