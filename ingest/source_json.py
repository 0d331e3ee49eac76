"""A source text as JSON and back, for the pipe between the run and the process that parses."""

import json
from dataclasses import asdict

from rag_app import errors
from rag_app.errors import SourceError, UnreadableSource
from rag_app.schema import Heading, Mark, Reading, SourceText


def source_to_json(source: SourceText) -> bytes:
    """The source text in UTF-8 JSON."""
    return json.dumps(
        {
            "title": source.title,
            "text": source.text,
            "outline": [[h.level, h.title, h.start, h.line, h.opens_document] for h in source.outline],
            "format": source.format,
            "encoding": source.encoding,
            "marks": [[m.start, m.locator] for m in source.marks],
            "metadata": dict(source.metadata),
            "warnings": list(source.warnings),
            "reading": asdict(source.reading),
        },
        ensure_ascii=False,
    ).encode("utf-8", "replace")


def source_from_json(data: bytes) -> SourceText:
    """The source text of `source_to_json`; everything is checked, since the other end has seen hostile input.

    Raises:
        ValueError: it is no such JSON, or its offsets lie outside the text.
    """
    stated = json.loads(data)
    try:
        text = _string(stated["text"])
        outline = tuple(Heading(int(a), _string(b), int(c), int(d), bool(e)) for a, b, c, d, e in stated["outline"])
        marks = tuple(Mark(int(start), _string(locator)) for start, locator in stated["marks"])
        source = SourceText(
            title=_string(stated["title"]),
            text=text,
            outline=outline,
            format=_string(stated["format"]),
            encoding=_string(stated["encoding"]),
            marks=marks,
            metadata={_string(key): _string(value) for key, value in stated["metadata"].items()},
            warnings=tuple(map(_string, stated["warnings"])),
            reading=Reading(**{_string(key): max(0, int(value)) for key, value in stated["reading"].items()}),
        )
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"a field is missing or of another kind ({error})") from error
    starts = [heading.start for heading in outline], [mark.start for mark in marks]
    if any(starting != sorted(starting) for starting in starts):
        raise ValueError("offsets are out of order")
    if any(not 0 <= start <= len(text) for starting in starts for start in starting):
        raise ValueError("offsets lie outside the text")
    return source


def error_named(name: object, message: object) -> SourceError:
    """The error that another process named; only those of a source are made."""
    kind = getattr(errors, name, None) if isinstance(name, str) else None
    if isinstance(kind, type) and issubclass(kind, SourceError) and isinstance(message, str):
        return kind(message)
    return UnreadableSource("it cannot be read")


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where text was expected")
    return value
