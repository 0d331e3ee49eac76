"""The pictures in a Word file: which part holds each, and where it is anchored."""

from collections.abc import Iterator
from typing import Any, Final

from ingest.formats.docx_styles import W

DESCRIBED: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_IMAGE_DATA = "{urn:schemas-microsoft-com:vml}imagedata"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def picture_parts(document: Any) -> dict[str, Any]:
    """The pictures inside the file by their relation ids; linked ones are not followed."""
    return {
        id_: relation.target_part
        for id_, relation in document.part.rels.items()
        if not relation.is_external and relation.reltype.endswith("/image")
    }


def alternative_texts(element: Any) -> Iterator[str]:
    """What the author says of the pictures anchored in a paragraph or a table, as it is written."""
    for picture in element.iter(DESCRIBED):
        if _belongs(picture, element):
            yield picture.get("descr") or ""


def pictures_in(element: Any, *, nested: bool = False) -> Iterator[str]:
    """The relation ids of the pictures anchored in a paragraph or a table, in order; of everything below it if `nested`.

    The copies for older programs are left out.
    """
    for picture in element.iter(_BLIP, _IMAGE_DATA):
        copied = FALLBACK in {parent.tag for parent in picture.iterancestors()}
        id_ = picture.get(_RELATION + "embed") or picture.get(_RELATION + "id")
        if id_ and not copied and (nested or _belongs(picture, element)):
            yield id_


def _belongs(picture: Any, element: Any) -> bool:
    """Whether a picture is anchored in a paragraph itself and not in a text box of it, which is read on its own."""
    return element.tag != W + "p" or next(picture.iterancestors(W + "p")) is element
