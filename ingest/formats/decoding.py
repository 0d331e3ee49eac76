"""Bytes to clean text: UTF-8, UTF-16, CP949 (with EUC-KR), and older Korean encodings, by validity and plausibility."""

import codecs
import re
from dataclasses import dataclass

from ingest.suspicion import hidden_characters, without_encoded_data
from rag_app.cleaning import clean_text
from rag_app.errors import UndecodableSource

MAX_LOST_SHARE = 0.01
MAX_LOST_IN_SHORT_TEXT = 2
MIN_HANGUL_AROUND_LOSS = 4
MAX_CONTROL_SHARE = 0.005
MIN_FREQUENT_SHARE = 0.2

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is a prefix of it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NON_ASCII = re.compile(r"[^\x00-\x7f]")
_HANGUL = re.compile("[가-힣]")
_EAST_ASIAN = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ一-鿿、-〟！-～‘-‟·…※→-↓①-⑳○●□■△▲▷▶◇◆★☆ㆍ―–—℃㎡㎏㎞²³×÷°§±]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ORDINARY = re.compile("[\t\n\r\x20-\x7e가-힣ㄱ-ㅎㅏ-ㅣ‘-‟·…\u3000-〟]")
# The syllables that Korean prose is mostly made of; a wrong decoding hits them at random, far below one in five.
_FREQUENT = frozenset(
    "가각간감강개거건것게격결경계고공과관교구국군그근금급기까나날내너년노는니다단당대데도동되된될드든들등디때라람래러런레"
    "려력로록론료루류르른를리마만말면명모목무문물미민바반받발방번법변보본부분비사산상새생서선설성세소속수스습시식신실심아안않알"
    "야약양어업없에여역연열영오와왔요용우운울원위유육으은을음의이인일임입있자작장재저적전절정제조종주준중지직진집차체초추치크키타터"
    "통트특파페편평포표하학한할함합항해했행형호화회후"
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, the encoding it was in, and what had to be survived."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode_clean(data: bytes) -> Decoded:
    """The clean text of a file, without long runs of encoded data, and what was odd about it.

    Raises:
        UndecodableSource: the bytes are no text.
    """
    decoded = decode(data)
    text, left_out = without_encoded_data(clean_text(decoded.text))
    return Decoded(text, decoded.encoding, (*decoded.warnings, *hidden_characters(decoded.text), *left_out))


def decode(data: bytes) -> Decoded:
    """The text of a file.

    Covers UTF-8, UTF-16 and UTF-32 by their marks; UTF-8, UTF-16, CP949, ISO-2022-KR and Johab without; UTF-8 with a few
    bad bytes (one in a short Korean text), and with lines of CP949 pasted in.
    Does not cover: Western, Japanese and Chinese encodings; they are refused, since a guess would be garbage in an answer.

    Raises:
        UndecodableSource: the bytes are no text in any of these; save the file as UTF-8.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding)
    if b"\x1b$)C" in data[:4096]:
        return _strict(data, "iso2022_kr")
    if b"\x00" in data:
        return _with_zeros(data)
    try:
        return Decoded(_text_only(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError:
        pass
    for encoding in ("cp949", "johab"):
        text = _valid(data, encoding)
        if text is not None and _plausible_korean(text):
            return Decoded(_text_only(text), encoding)
    wide = _wide(data)
    return wide if wide is not None else _mixed(data)


def _marked(data: bytes, encoding: str) -> Decoded:
    text = _valid(data, encoding)
    if text is not None:
        return Decoded(_text_only(text), encoding)
    if encoding == "utf-8":
        return _mixed(data)
    text = data.decode(encoding, "replace")
    return _with_losses(text, encoding, text.count("\ufffd"))


def _strict(data: bytes, encoding: str) -> Decoded:
    text = _valid(data, encoding)
    if text is None:
        raise _undecodable(f"it starts like {encoding}, but is not valid in it")
    return Decoded(_text_only(text), encoding)


def _with_zeros(data: bytes) -> Decoded:
    """Zero bytes are UTF-16 or UTF-32 without a mark, or a stray control character in a text, or no text at all."""
    wide = _wide(data)
    if wide is not None:
        return wide
    try:
        return Decoded(_text_only(data.decode("utf-8")), "utf-8")
    except UnicodeDecodeError:
        raise _undecodable("it holds zero bytes, as programs and images do") from None


def _wide(data: bytes) -> Decoded | None:
    """The text when nearly all of it is ordinary in one byte order of UTF-16, and not in the other."""
    best: tuple[float, str, str] | None = None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _valid(data, encoding)
        if text:
            share = len(_ORDINARY.findall(text)) / len(text)
            if share > 0.8 and (text.isascii() or _frequent_share(text) >= MIN_FREQUENT_SHARE):
                best = max(best, (share, text, encoding)) if best is not None else (share, text, encoding)
    return Decoded(_text_only(best[1]), best[2]) if best is not None else None


def _mixed(data: bytes) -> Decoded:
    """Line by line: UTF-8, else CP949 when that is plausible, else UTF-8 with marks where bytes were lost."""
    lines: list[str] = []
    pasted = lost = 0
    for line in data.split(b"\n"):
        text = _valid(line, "utf-8")
        if text is None:
            text = _valid(line, "cp949")
            if text is not None and _plausible_korean(text):
                pasted += 1
            else:
                text = line.decode("utf-8", "replace")
                lost += text.count("\ufffd")
        lines.append(text)
    text = "\n".join(lines)
    encoding = "cp949" if 2 * pasted > sum(not line.isascii() for line in lines) else "utf-8"
    decoded = _with_losses(text, encoding, lost)
    if pasted and encoding == "utf-8":
        note = f"{pasted} line(s) were in CP949 inside a UTF-8 file"
        return Decoded(decoded.text, encoding, (*decoded.warnings, note))
    return decoded


def _with_losses(text: str, encoding: str, lost: int) -> Decoded:
    allowed = max(MAX_LOST_IN_SHORT_TEXT if len(text) >= 40 else 0, MAX_LOST_SHARE * len(text))
    if lost > allowed and not (lost == 1 and encoding == "utf-8" and _is_korean_but_for_losses(text)):
        raise _undecodable(f"{lost} bytes of {len(text)} characters do not fit")
    warnings = (f"{lost} byte(s) were not valid {encoding} and are shown as \ufffd",) if lost else ()
    return Decoded(_text_only(text), encoding, warnings)


def _is_korean_but_for_losses(text: str) -> bool:
    """Whether enough Hangul is left to be sure of the encoding: no other one gives such syllables by chance."""
    rest = text.replace("\ufffd", "")
    return len(_HANGUL.findall(rest)) >= MIN_HANGUL_AROUND_LOSS and _plausible_korean(rest)


def _text_only(text: str) -> str:
    """The text itself, unless it is full of control characters."""
    controls = len(_CONTROL.findall(text))
    if controls > 2 and controls > MAX_CONTROL_SHARE * len(text):
        raise _undecodable(f"{controls} of {len(text)} characters are control characters, as in a program or an image")
    return text


def _valid(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausible_korean(text: str) -> bool:
    """Whether what is not ASCII reads like Korean: mostly Hangul and East Asian signs, mostly everyday syllables."""
    foreign = len(_NON_ASCII.findall(text))
    hangul = _HANGUL.findall(text)
    if not hangul or len(_EAST_ASIAN.findall(text)) < 0.9 * foreign:
        return False
    if len(hangul) >= 4:
        return _frequent_share(text) >= MIN_FREQUENT_SHARE
    return all(_is_everyday(char) for char in hangul)


def _frequent_share(text: str) -> float:
    hangul = _HANGUL.findall(text)
    return sum(char in _FREQUENT for char in hangul) / len(hangul) if hangul else 0.0


def _is_everyday(char: str) -> bool:
    """Whether the syllable is one of the 2,350 of KS X 1001, which hold all but the rarest."""
    try:
        return len(char.encode("euc_kr")) == 2  # Python spells the others out in eight bytes
    except UnicodeEncodeError:
        return False


def _undecodable(why: str) -> UndecodableSource:
    return UndecodableSource(f"the bytes are no text in UTF-8, UTF-16 or CP949 ({why}); save the file as UTF-8")
