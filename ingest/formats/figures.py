"""The pictures inside a document: the text of each by OCR, once, within limits; what is too small to hold text is passed over."""

import hashlib
import io
import re
import time
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ingest.formats.composer import one_line
from ingest.formats.ocr import MAX_PIXELS, read_picture, tesseract

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FIGURES: Final = 60
BUDGET_S: Final = 60.0
FIGURE_TIMEOUT_S: Final = 20.0
MIN_SIDE: Final = 48
MIN_PIXELS: Final = 15_000
"""Smaller pictures are logos, icons and bullets."""
DECORATION_TIMES: Final = 3
"""A picture that stands in a document this often is part of its dress."""

_AUTOMATIC_ALT = re.compile(
    r"\.(?:png|jpe?g|gif|bmp|emf|wmf)\Z|\A(?:그림|picture|image|이미지|개체)\s*\d*\Z", re.IGNORECASE
)


class Figures:
    """Reads the pictures of one document and counts what became of them.

    `read` pictures gave text, `unread` ones would have been read if tesseract were installed, `left_out` ones are beyond
    the limits on number and time.
    """

    def __init__(self, all_keys: Iterable[str] = ()) -> None:
        """`all_keys` are the keys of every picture of the document, as often as they stand in it."""
        self._decoration = frozenset(key for key, times in Counter(all_keys).items() if times >= DECORATION_TIMES)
        self._seen: set[str] = set()
        self._tried = 0
        self._spent_s = 0.0
        self.read = 0
        self.unread = 0
        self.left_out = 0

    def is_wanted(self, key: str, width: int, height: int) -> bool:
        """Whether a picture of that many pixels is worth reading: once, and neither tiny, huge nor decoration.

        Where tesseract is missing it is counted, and not wanted.
        """
        small = min(width, height) < MIN_SIDE or width * height < MIN_PIXELS
        if small or width * height > MAX_PIXELS or key in self._seen or key in self._decoration:
            return False
        self._seen.add(key)
        if tesseract() is None:
            self.unread += 1
        elif self._tried >= MAX_FIGURES or self._spent_s >= BUDGET_S:
            self.left_out += 1
        else:
            self._tried += 1
            return True
        return False

    def text_in(self, picture: "Image") -> str:
        """The text in a wanted picture; empty when there is none."""
        started = time.monotonic()
        text = read_picture(picture, timeout_s=min(FIGURE_TIMEOUT_S, BUDGET_S - self._spent_s))
        self._spent_s += time.monotonic() - started
        self.read += bool(text)
        return text

    def text_of(self, data: bytes, key: str) -> str:
        """The text in the picture that these bytes are, if it is wanted; empty when they are none that can be read."""
        from PIL import Image, UnidentifiedImageError

        Image.MAX_IMAGE_PIXELS = None  # `is_wanted` sees the size before anything is unpacked
        try:
            with Image.open(io.BytesIO(data)) as picture:
                if picture.format in ("WMF", "EMF") or not self.is_wanted(key, *picture.size):
                    return ""
                return self.text_in(picture)
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
            return ""

    def warnings(self) -> tuple[str, ...]:
        """What the receipt should say of them."""
        found = []
        if self.read:
            found.append(f"OCR was used on {self.read} figure(s): check names and numbers against the original")
        if self.left_out:
            found.append(f"{self.left_out} figure(s) were not read (at most {MAX_FIGURES} figures, {BUDGET_S:.0f} s)")
        return tuple(found)


def described(words: str) -> str:
    """The alternative text of a picture in brackets; empty for none, and for what a program writes by itself."""
    alt = one_line(words)
    return f"[{alt}]" if alt and not _AUTOMATIC_ALT.search(alt) else ""


def key_of(data: bytes) -> str:
    """What tells a picture from others."""
    return hashlib.sha256(data).hexdigest()
