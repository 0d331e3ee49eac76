"""Pictures of text (scans, screenshots, photographed notices): read by tesseract where it is installed."""

import io

from ingest.formats.composer import Composer
from ingest.formats.ocr import MAX_PIXELS, not_installed, read_picture, tesseract
from rag_app.errors import EmptySource, NeedsOcr, SourceTooLarge, UnreadableSource
from rag_app.schema import Reading, SourceText

MAX_FRAMES = 40
_LEAST_LETTERS = 4


def read_image(data: bytes) -> SourceText:
    """The text in the picture; of a TIFF, its pages ("p. 2").

    Raises:
        NeedsOcr: tesseract is not installed; the message has the install line.
        EmptySource: there is no text in it.
        UnreadableSource: it is damaged.
        SourceTooLarge: it has more pixels than the limit.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit is checked below, before anything is unpacked
    composer = Composer()
    pages = empty = 0
    try:
        with Image.open(io.BytesIO(data)) as picture:
            kind = picture.format or ""
            frames = getattr(picture, "n_frames", 1) if kind == "TIFF" else 1
            pages = min(frames, MAX_FRAMES)
            for number in range(pages):
                picture.seek(number)
                if picture.width * picture.height > MAX_PIXELS:
                    raise SourceTooLarge(
                        f"the picture has {picture.width} x {picture.height} pixels, the limit is {MAX_PIXELS // 10**6} million"
                    )
                if tesseract() is None:
                    raise NeedsOcr(not_installed("a picture"))
                composer.place(f"p. {number + 1}" if frames > 1 else "")
                before = composer.chars
                composer.picture(read_picture(picture))
                empty += composer.chars == before
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnreadableSource("the picture is damaged; save it again") from error
    source = composer.source(
        title="",
        format_name="image",
        encoding=kind.lower(),
        warnings=(
            "OCR was used: check names and numbers against the original",
            *((f"only the first {pages} of {frames} pages were read",) if frames > pages else ()),
        ),
        reading=Reading(pages, empty, ocr=pages - empty),
    )
    if sum(map(str.isalnum, source.text)) < _LEAST_LETTERS:
        raise EmptySource("no text was found in the picture")
    return source
