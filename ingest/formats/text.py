"""Plain text: no marks are read, a line that starts with `#` is just a line."""

from ingest.formats.decoding import decode_clean
from rag_app.schema import SourceText


def read_text(data: bytes) -> SourceText:
    """The file as clean text without outline or title.

    Raises:
        UndecodableSource: the bytes are no text.
    """
    decoded = decode_clean(data)
    return SourceText(
        title="",
        text=decoded.text,
        outline=(),
        format="text",
        encoding=decoded.encoding,
        warnings=decoded.warnings,
    )
