"""A folder into an index, as `python -m ingest FOLDER` does it, for benchmarks that need one."""

from pathlib import Path

from ingest.sync import sync
from rag_app.embedding import Embedder, open_embedder
from rag_app.index.change import Progress
from rag_app.index.lexical import TermsLike
from rag_app.index.store import Store
from rag_app.language import Terms
from rag_app.receipts import Receipt
from rag_app.schema import DEFAULT_COLLECTION
from rag_app.settings import Settings


def ingest_folder(
    folder: Path,
    settings: Settings,
    *,
    collection: str = DEFAULT_COLLECTION,
    embedder: Embedder | None = None,
    terms: TermsLike | None = None,
    allow_shrink: bool = False,
    on_progress: Progress | None = None,
) -> Receipt:
    """Bring the index of these settings in line with the folder; the receipt. Embedder and terms are those of the settings."""
    return sync(
        [folder],
        settings=settings,
        store=Store(settings.index_dir),
        embedder=embedder or open_embedder(settings),
        terms=terms or Terms(),
        collection=collection,
        allow_shrink=allow_shrink,
        on_progress=on_progress,
    )
