"""Chroma alone, as a first program with it looks: texts, metadata and vectors in one collection with the default settings."""

from collections.abc import Sequence
from pathlib import Path

import chromadb
from chromadb.config import Settings

from rag_app.index.snapshot import Snapshot
from rag_app.schema import DEFAULT_COLLECTION

_BATCH = 1000


class BareChroma:
    """The same vectors as a snapshot's default collection, cosine space; filled when the folder is new."""

    def __init__(self, folder: Path, snapshot: Snapshot) -> None:
        name = f"bare-{snapshot.vectors.count(DEFAULT_COLLECTION)}"
        client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
        if name not in [found.name for found in client.list_collections()]:
            self._fill(client, name, snapshot)
        self._collection = client.get_collection(name, embedding_function=None)

    def plain(self, vector: Sequence[float]) -> None:
        """Ten neighbours with what Chroma gives unless told otherwise: texts, metadata, distances."""
        self._collection.query(query_embeddings=[vector], n_results=10)

    def lean(self, vector: Sequence[float]) -> None:
        """Ten neighbours, nothing but their ids."""
        self._collection.query(query_embeddings=[vector], n_results=10, include=[])

    def _fill(self, client: "chromadb.ClientAPI", name: str, snapshot: Snapshot) -> None:
        collection = client.create_collection(
            f"{name}-unfinished", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        rows = sorted(snapshot.catalog.member_rows(DEFAULT_COLLECTION))
        for start in range(0, len(rows), _BATCH):
            evidence = snapshot.catalog.evidence(rows[start : start + _BATCH])
            chunks = snapshot.catalog.chunks_by_row(evidence.rows)
            places = snapshot.catalog.standings(evidence.rows, [DEFAULT_COLLECTION])
            collection.add(
                ids=[str(row) for row in evidence.rows],
                embeddings=evidence.vectors,
                documents=[chunks[row].text for row in evidence.rows],
                metadatas=[
                    {"source": places[row][0][1].name, "title": chunks[row].title, "line": places[row][0][0].line}
                    for row in evidence.rows
                ],
            )
        collection.modify(name=name)
