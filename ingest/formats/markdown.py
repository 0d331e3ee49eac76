"""Markdown and MDX: front matter, title and headings; the text itself stays as written."""

from ingest.formats.commonmark import parse_blocks, plain_title
from ingest.formats.decoding import decode_clean
from ingest.formats.front_matter import read_front_matter
from rag_app.schema import Heading, SourceText


def read_markdown(data: bytes) -> SourceText:
    """The note as clean text with its outline.

    The title is what the note states: `title` of the front matter, else its first heading of level 1, else nothing.

    Raises:
        UndecodableSource: the bytes are no text.
    """
    decoded = decode_clean(data)
    text = decoded.text
    front = read_front_matter(text)
    outline = tuple(
        Heading(block.level, title, block.start, block.line)
        for block in parse_blocks(text, front.end)
        if block.kind == "heading" and (title := plain_title(block.content))
    )
    first = next((heading.title for heading in outline if heading.level == 1), "")
    return SourceText(
        title=front.metadata.get("title") or first,
        text=text,
        outline=outline,
        format="markdown",
        encoding=decoded.encoding,
        metadata=front.metadata,
        warnings=(*decoded.warnings, *front.warnings),
    )
