"""A generation as JSON lines: every passage once, with every place where it stands."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from rag_app.errors import UsageError
from rag_app.index.catalog import Catalog
from rag_app.schema import Chunk, Placement, Source


def export_passages(catalog: Catalog, target: Path) -> int:
    """Write the passages to a file, which is whole or not there; how many they are.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror}); name a file in a folder of yours") from error
    fresh, count = Path(name), 0
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            for count, line in enumerate(_lines(catalog), 1):  # noqa: B007 - the last number is the answer
                file.write(line + "\n")
        fresh.chmod(0o644)
        fresh.replace(target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror}); free some disk space") from error
    finally:
        fresh.unlink(missing_ok=True)
    return count


def _lines(catalog: Catalog) -> Iterator[str]:
    """By collection and document in their order; a passage stands where it stands first."""
    sources = {source.id: source for source in catalog.sources()}
    told: set[str] = set()
    for source_id in sources:
        ids = dict.fromkeys(place.chunk_id for place in catalog.placements_of_source(source_id))
        fresh = [id_ for id_ in ids if id_ not in told]
        told.update(fresh)
        chunks, places = catalog.chunks(fresh), catalog.placements_of_chunks(fresh)
        for id_ in fresh:
            yield json.dumps(_passage(chunks[id_], places[id_], sources), ensure_ascii=False)


def _passage(chunk: Chunk, places: tuple[Placement, ...], sources: Mapping[str, Source]) -> dict[str, object]:
    return {
        "id": chunk.id,
        "title": chunk.title,
        "headings": list(chunk.heading_path),
        "text": chunk.text,
        "language": chunk.language,
        "places": [_place(place, sources[place.source_id]) for place in places],
    }


def _place(place: Placement, source: Source) -> dict[str, object]:
    return {
        "collection": source.collection,
        "source": source.name,
        "start": place.start,
        "end": place.end,
        "line": place.line,
        "locator": place.locator,
    }
