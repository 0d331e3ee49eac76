"""E-mail (.eml): subject, people, date and body as text, and every attached document as a section of its own."""

import contextlib
import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from email.errors import MessageError
from email.message import Message
from functools import partial
from itertools import islice

from ingest.formats.composer import Composer, one_line
from ingest.formats.decoding import decode
from ingest.formats.html import html_source
from ingest.formats.members import MAX_MEMBER_BYTES, MAX_NESTING, Members, ReadMember, shown_name
from ingest.formats.packages import MIB
from rag_app.errors import SourceTooLarge, UndecodableSource, UnreadableSource
from rag_app.schema import SourceText

MAX_PARTS = 300
_KOREAN_CHARSETS = re.compile(
    r"(?:euc[-_]?kr|ks[-_ ]?c[-_]?5601.*|ksc5601|x-windows-949|cp949|korean)\Z", re.IGNORECASE
)
_LABELS = (("From", "from"), ("To", "to"), ("Cc", "cc"), ("Date", "date"))
_MESSAGE = "message/rfc822"
_AS_WRITTEN = email.policy.default.clone(refold_source="none")
_DAMAGE = (MessageError, RecursionError, LookupError, ValueError, AttributeError, TypeError)


def read_eml(data: bytes, read_member_text: ReadMember, depth: int = 0) -> SourceText:
    """The message with its subject as the title. Of text and HTML forms of one body, the text is taken.

    Attached documents are read as the members of an archive are, and no deeper. Pictures that belong to the body are named only.

    Raises:
        UnreadableSource: there is no message in it, or its parts are nested without end.
    """
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = [_with_words(part) for part in islice(_parts(message), MAX_PARTS)]
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
        attached = [(name, part) for part in parts if (name := _attachment(part))]
    except _DAMAGE as error:
        raise UnreadableSource(
            f"the message is damaged ({type(error).__name__}); save it again from the mail program"
        ) from error
    if attached:
        composer.item(f"Attachments: {', '.join(name for name, _ in attached)}")
    members = Members(composer, read_member_text, level=2, depth=depth)
    named = 0
    for name, part in attached:
        is_read = depth < MAX_NESTING and not members.is_full and not _is_in_body(part)
        named += not (is_read and members.add(name, partial(_content, part)))
    left = (f"attachments that are named, not read: {named}",) if named else ()
    return composer.source(
        title=subject,
        format_name="eml",
        encoding=encoding,
        metadata={"author": _header(message, "From"), "date": _date(message)},
        warnings=(*members.warnings(), *left),
        reading=members.reading(parts=1) if attached else None,
    )


def _parts(part: Message) -> Iterator[Message]:
    """The parts of a message in order, without those of a message that is attached to it."""
    yield part
    if part.is_multipart() and part.get_content_type() != _MESSAGE:
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _parts(inner)


def _content(part: Message) -> bytes:
    """The bytes of an attachment.

    Raises:
        UnreadableSource: it cannot be put together; SourceTooLarge: it is larger than a member of an archive may be.
    """
    try:
        inner = _inner(part)
        payload = inner.as_bytes(policy=_AS_WRITTEN) if inner is not part else part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
    except _DAMAGE as error:
        raise UnreadableSource(f"the attachment is damaged ({type(error).__name__})") from error
    if len(data) > MAX_MEMBER_BYTES:
        raise SourceTooLarge(f"the attachment is larger than {MAX_MEMBER_BYTES // MIB} MiB; save it as a file")
    return data


def _header(message: Message, name: str) -> str:
    """A header in one line."""
    value = message.get(name)
    return one_line(str(value)) if value is not None else ""


def _with_words(part: Message) -> Message:
    """The part with raw Korean bytes in its headers, as old programs write them, decoded as such."""
    for name, raw in list(part.raw_items()):
        if any("\udc80" <= char <= "\udcff" for char in str(raw)):
            with contextlib.suppress(UndecodableSource):
                part.replace_header(name, one_line(decode(str(raw).encode("utf-8", "surrogateescape")).text))
    return part


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
    stated = part.get_filename() or ""
    kind = part.get_content_type()
    if not stated and kind != _MESSAGE and part.get_content_disposition() != "attachment":
        return ""
    if kind != _MESSAGE:
        return shown_name(one_line(stated)) or kind
    name = shown_name(one_line(stated)) or _subject_of(part)
    return name if name.lower().endswith(".eml") else f"{name}.eml"


def _subject_of(part: Message) -> str:
    """The subject of an attached message as a name."""
    return shown_name(_header(_inner(part), "Subject").replace("/", " ")) or "message"


def _inner(part: Message) -> Message:
    """The message that is attached as this part; the part itself when it is none."""
    inner = part.get_payload(0) if part.get_content_type() == _MESSAGE and part.is_multipart() else part
    return inner if isinstance(inner, Message) else part


def _is_in_body(part: Message) -> bool:
    """Whether it is a picture that the body shows, as signatures do."""
    return (
        part.get_content_maintype() == "image"
        and part.get_content_disposition() != "attachment"
        and part.get("Content-ID") is not None
    )
