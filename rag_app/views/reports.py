"""How a document was read, for the page: what the receipt says of its file."""

import streamlit as st

from rag_app.reading_notes import in_korean
from rag_app.receipts import FileReport
from rag_app.schema import Source
from rag_app.views.markdown import code, escape_text
from rag_app.views.texts import Texts

WARNINGS = 6


def draw_reading(texts: Texts, report: FileReport) -> None:
    """The facts in one line, and under it what is worth a look."""
    st.caption(" · ".join(escape_text(fact, breaks=False) for fact in facts_of(texts, report)))
    for warning in remarks_of(texts, report)[:WARNINGS]:
        st.caption(f":material/warning: {escape_text(warning, breaks=False)}")


def draw_empty(texts: Texts, sources: tuple[Source, ...], reports: dict[str, FileReport]) -> None:
    """The files that hold nothing to read, each with the reason; nothing without any."""
    if not sources:
        return
    with st.expander(texts.nothing_to_read.format(count=len(sources)), icon=":material/hide_source:"):
        for source in sources:
            report = reports.get(source.id)
            reason = escape_text("; ".join(remarks_of(texts, report)), breaks=False) if report is not None else ""
            st.caption(f"{code(source.name)} {reason}")


def remarks_of(texts: Texts, report: FileReport) -> list[str]:
    """What was odd about the file, in the language of the page."""
    return [in_korean(warning) if texts.language == "ko" else warning for warning in report.warnings]


def facts_of(texts: Texts, report: FileReport) -> list[str]:
    """Format, encoding, characters, extent, what is empty or garbled, OCR, passages, seconds; only what there is to say."""
    reading = report.reading
    extent = texts.extents.get(report.format, "") if reading.parts else ""
    facts = [
        report.format if report.encoding in ("", report.format) else f"{report.format}, {report.encoding}",
        texts.characters.format(count=report.chars),
        extent.format(count=reading.parts),
        texts.empty_share.format(share=reading.empty / reading.parts) if reading.empty and reading.parts else "",
        texts.garbled_share.format(share=report.garbled) if report.garbled >= 0.005 else "",
        texts.ocr_read.format(count=reading.ocr) if reading.ocr else "",
        texts.ocr_missing.format(count=reading.unread) if reading.unread else "",
        texts.passages_then.format(added=report.added, kept=report.kept, removed=report.removed),
        texts.seconds_then.format(seconds=report.seconds),
    ]
    return [fact for fact in facts if fact]
