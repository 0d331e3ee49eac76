"""An HTML page before its text is read: its bytes decoded, its tree, and what its head says of it."""

import codecs
import re
from typing import Any

from ingest.formats.decoding import decode_clean
from ingest.suspicion import without_encoded_data
from rag_app.cleaning import clean_text
from rag_app.errors import UndecodableSource, UnreadableSource

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,30})", re.IGNORECASE)
_KOREAN_CHARSETS = frozenset(
    ("euc-kr", "ks_c_5601-1987", "ksc5601", "ks_c_5601", "x-windows-949", "windows-949", "korean")
)


def decode_page(data: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Text, encoding and warnings: by its own bytes where they are plain, by the charset that the page names else.

    Raises:
        UndecodableSource: the bytes are no text, and no known charset is named.
    """
    try:
        decoded = decode_clean(data)
    except UndecodableSource:
        match = _CHARSET.search(data[:4096])
        name = match[1].decode("ascii").lower() if match else ""
        name = "cp949" if name in _KOREAN_CHARSETS else name
        try:
            codecs.lookup(name)
            text, left_out = without_encoded_data(clean_text(data.decode(name, "replace")))
        except (LookupError, ValueError):
            raise UndecodableSource("the bytes are no text in any encoding the page names; save it as UTF-8") from None
        return text, name, left_out
    return decoded.text, decoded.encoding, decoded.warnings


def page_tree(text: str) -> Any:
    """The elements of a page, without comments.

    Raises:
        UnreadableSource: there is no page in it.
    """
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableSource("the page holds no HTML; save it again from the browser") from error


def stated_by(root: Any) -> dict[str, str]:
    """What a page says of itself in its head: author, date, description, keywords; empty where it says nothing."""
    named = {
        (meta.get("name") or meta.get("property") or "").lower(): meta.get("content") or ""
        for meta in root.iter("meta")
    }
    return {
        "author": named.get("author", "") or named.get("article:author", ""),
        "date": (
            named.get("date", "") or named.get("article:modified_time", "") or named.get("article:published_time", "")
        )[:10],
        "description": named.get("description", ""),
        "keywords": named.get("keywords", ""),
    }
