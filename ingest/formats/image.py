"""Pictures of text (scans, screenshots, photographed notices): read by tesseract where it is installed."""

import io
import re

from ingest.formats.composer import Composer
from ingest.formats.ocr import MAX_PIXELS, not_installed, read_picture, tesseract
from rag_app.errors import EmptySource, SourceTooLarge, UnreadableSource
from rag_app.schema import SourceText

MAX_FRAMES = 40
_LEAST_LETTERS = 4


def read_image(data: bytes) -> SourceText:
    """The text in the picture; of a TIFF, its pages ("p. 2").

    Raises:
        EmptySource: tesseract is not installed (the message has the install line), or there is no text in it.
        UnreadableSource: it is damaged.
        SourceTooLarge: it has more pixels than the limit.
    """
    from PIL import Image, UnidentifiedImageError

    if tesseract() is None:
        raise EmptySource(not_installed("a picture"))
    Image.MAX_IMAGE_PIXELS = None  # the limit is checked below, before anything is unpacked
    composer = Composer()
    try:
        with Image.open(io.BytesIO(data)) as picture:
            frames = getattr(picture, "n_frames", 1)
            kind = picture.format or ""
            for number in range(min(frames, MAX_FRAMES if kind == "TIFF" else 1)):
                picture.seek(number)
                if picture.width * picture.height > MAX_PIXELS:
                    raise SourceTooLarge(
                        f"the picture has {picture.width} x {picture.height} pixels, the limit is {MAX_PIXELS // 10**6} million"
                    )
                composer.place(f"p. {number + 1}" if frames > 1 and kind == "TIFF" else "")
                for block in re.split(r"\n\s*\n", read_picture(picture)):
                    composer.paragraph(block)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnreadableSource("the picture is damaged; save it again") from error
    source = composer.source(
        title="",
        format_name="image",
        encoding=kind.lower(),
        warnings=("OCR was used: check names and numbers against the original",),
    )
    if sum(map(str.isalnum, source.text)) < _LEAST_LETTERS:
        raise EmptySource("no text was found in the picture")
    return source
