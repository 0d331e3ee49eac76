"""Text in pictures, by the program tesseract where it is installed; nothing else needs it."""

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

INSTALL_LINE: Final = "apt-get install tesseract-ocr tesseract-ocr-kor"
MAX_PIXELS: Final = 40_000_000
PICTURE_TIMEOUT_S: Final = 30
_LAYOUT = "4"  # one column of text in several sizes; with automatic layout (3) Korean pages come out as noise
_COUNTED = re.compile(r"(\d) (?=(년|월|일|시|분|원|명|개|회|층|호|조|항)(?![가-힣]{2}))")
_SEARCH_PATH = os.pathsep.join((os.defpath, "/usr/local/bin", "/opt/homebrew/bin"))
_NARROW = 700
"""The letters of a picture with fewer pixels across are too small for tesseract; it is enlarged."""
_STROKES = re.compile(r"(?<!\S)[^\w\s(（]*[ㄱ-ㅣ|]+[^\w\s]*(?!\S)")
_LEAST_LETTER_SHARE = 0.6


def tesseract() -> str | None:
    """Where the program is; None when it is not installed. The run and its child process, which has no PATH, agree on it."""
    return shutil.which("tesseract", path=_SEARCH_PATH)


def not_installed(what: str) -> str:
    """The sentence when the program is missing; `what` could not be read for want of it."""
    return f"{what}: reading text in pictures needs tesseract ({INSTALL_LINE})"


def read_picture(picture: "Image", *, timeout_s: float = PICTURE_TIMEOUT_S) -> str:
    """The text in a picture, Korean and English; empty when there is none, when it takes too long or tesseract is missing."""
    program = tesseract()
    width, height = picture.size
    if program is None or width * height > MAX_PIXELS or min(width, height) < 16 or timeout_s <= 0:
        return ""
    grey = _on_white(picture)
    if width < _NARROW and 4 * width * height <= MAX_PIXELS:
        grey = grey.resize((2 * width, 2 * height))
    header = f"P5 {grey.width} {grey.height} 255\n".encode("ascii")
    languages = "+".join(language for language in ("kor", "eng") if language in _languages(program)) or "eng"
    command = [program, "stdin", "stdout", "-l", languages, "--psm", _LAYOUT, "--dpi", "200"]
    try:
        done = subprocess.run(
            command,
            input=header + grey.tobytes(),
            capture_output=True,
            timeout=timeout_s,
            env={"OMP_THREAD_LIMIT": "1", "PATH": os.defpath},
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return ""
    return legible(done.stdout.decode("utf-8", "replace").replace("\f", "\n"))


def legible(recognised: str) -> str:
    """What tesseract gave without the frames, rules and spots that it took for letters; empty when nothing is left."""
    kept: list[str] = []
    for line in recognised.split("\n"):
        words = _STROKES.sub("", line).split()
        visible = sum(map(len, words))
        letters = sum(char.isalnum() for word in words for char in word)
        noise = bool(words) and (letters < _LEAST_LETTER_SHARE * visible or (visible < 2 and not words[0].isdigit()))
        if not noise:
            kept.append(" ".join(words))
    return _COUNTED.sub(r"\1", "\n".join(kept)).strip()


def _on_white(picture: "Image") -> "Image":
    """The picture in shades of grey; what is transparent is paper."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        from PIL import Image

        coloured = picture.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(paper, coloured).convert("L")
    return picture.convert("L")


def _languages(program: str) -> frozenset[str]:
    try:
        listed = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=10, env={"PATH": os.defpath}, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return frozenset()
    return frozenset(listed.stdout.decode("utf-8", "replace").split())
