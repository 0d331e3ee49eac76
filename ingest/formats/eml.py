"""E-mail (.eml): subject, people, date and body as text; attachments are named, not read."""

import email
import email.policy
import re
from collections.abc import Sequence
from email.errors import MessageError
from email.message import EmailMessage, Message
from itertools import islice

from ingest.formats.composer import Composer, one_line
from ingest.formats.decoding import decode
from ingest.formats.html import html_source
from rag_app.errors import UndecodableSource, UnreadableSource
from rag_app.schema import SourceText

MAX_PARTS = 300
_KOREAN_CHARSETS = re.compile(
    r"(?:euc[-_]?kr|ks[-_ ]?c[-_]?5601.*|ksc5601|x-windows-949|cp949|korean)\Z", re.IGNORECASE
)
_LABELS = (("From", "from"), ("To", "to"), ("Cc", "cc"), ("Date", "date"))


def read_eml(data: bytes) -> SourceText:
    """The message with its subject as the title. Of text and HTML forms of one body, the text is taken.

    Raises:
        UnreadableSource: there is no message in it, or its parts are nested without end.
    """
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = list(islice(message.walk(), MAX_PARTS))
        if not message.keys():
            raise UnreadableSource("the file holds no e-mail message; save it again from the mail program")
        subject = _header(message, "Subject")
        composer = Composer()
        composer.heading(1, subject)
        for label, name in _LABELS:
            if value := _header(message, name):
                composer.item(f"{label}: {value}")
        body, encoding = _body(parts)
        _write(body, composer)
        attached = [one_line(name) for part in parts if (name := _attachment(part))]
    except (MessageError, RecursionError, LookupError, ValueError, AttributeError, TypeError, IndexError) as error:
        raise UnreadableSource(
            f"the message is damaged ({type(error).__name__}); save it again from the mail program"
        ) from error
    if attached:
        composer.item(f"Attachments: {', '.join(attached)}")
    warnings = (f"attachments are named, not read: {len(attached)}",) if attached else ()
    return composer.source(
        title=subject,
        format_name="eml",
        encoding=encoding,
        metadata={"author": _header(message, "From"), "date": _date(message)},
        warnings=warnings,
    )


def _header(message: Message, name: str) -> str:
    """A header as text; raw Korean bytes, as old programs write them, are decoded as such."""
    value = message.get(name)
    text = str(value) if value is not None else ""
    if any("\udc80" <= char <= "\udcff" for char in text):
        raw = text.encode("utf-8", "surrogateescape")
        try:
            text = decode(raw).text
        except UndecodableSource:
            text = raw.decode("utf-8", "replace")
    return one_line(text)


def _date(message: Message) -> str:
    stated = getattr(message.get("Date"), "datetime", None)
    return stated.date().isoformat() if stated is not None else ""


def _body(parts: Sequence[Message]) -> tuple[SourceText | str, str]:
    """The first text body, else the first HTML body, and its encoding."""
    bodies = [part for part in parts if not part.is_multipart() and not _attachment(part)]
    for kind in ("text/plain", "text/html"):
        for part in bodies:
            if part.get_content_type() == kind:
                text, encoding = _decoded(part)
                if text.strip():
                    return (html_source(text, encoding=encoding) if kind == "text/html" else text), encoding
    return "", "utf-8"


def _decoded(part: Message) -> tuple[str, str]:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or ""
    charset = "cp949" if _KOREAN_CHARSETS.match(charset) else charset
    try:
        return data.decode(charset or "utf-8"), charset or "utf-8"
    except (LookupError, UnicodeDecodeError):
        try:
            found = decode(data)
        except UndecodableSource:
            return data.decode("utf-8", "replace"), "utf-8"
        return found.text, found.encoding


def _write(body: SourceText | str, composer: Composer) -> None:
    if isinstance(body, SourceText):
        composer.markdown(body.text, body.outline, deeper=1)
        return
    for paragraph in re.split(r"\n[ \t]*\n", body.replace("\r\n", "\n")):
        composer.paragraph(paragraph)


def _attachment(part: Message) -> str:
    """The name of an attachment; empty for a part that is none."""
    if part.get_content_disposition() == "attachment" or part.get_filename():
        return part.get_filename() or part.get_content_type()
    return (
        part.get_content_type()
        if isinstance(part, EmailMessage) and part.get_content_type() == "message/rfc822"
        else ""
    )
