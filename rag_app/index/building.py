"""From a copy of the live generation and a change to a complete next generation, in a folder nobody else has open."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag_app.index.change import BuildCounts, Change, Embed, Progress
from rag_app.index.draft import Draft, Settlement
from rag_app.index.filling import WORTH_A_PROCESS, Filler, Part, fill, must_equal
from rag_app.index.folder import CATALOG, CHROMA, LEXICAL, remove_tree
from rag_app.index.lexical import Lexical, TermsLike, unpack_terms
from rag_app.index.making import EMBEDDED_AT_ONCE, EvidenceMaker
from rag_app.index.spool import Spool
from rag_app.processes import processors
from rag_app.schema import Stamp
from rag_app.terms import file_words

_INDEXED_AT_ONCE = 1000
_SPENT_SHARE = 0.3  # of deleted among all vectors: beyond it Chroma's files are made afresh
_SPENT_AT_LEAST = 500
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a change came to: settlements by collection, and what must be remembered of Chroma's deleted rows."""

    is_different: bool
    settlements: tuple[Settlement, ...]
    tombstones: int


class Building:
    """The next generation while it is made; `timings_ms` says what each stage took, also where stages ran side by side."""

    def __init__(
        self,
        folder: Path,
        stamp: Stamp,
        embed: Embed,
        terms: TermsLike,
        progress: Progress | None,
        *,
        sparing: bool = False,
    ) -> None:
        """`sparing` sets memory above time: Kiwi, Chroma and the process that reads ahead are never there at once."""
        self.folder = folder
        self.draft = Draft(folder / CATALOG)
        self.timings_ms: dict[str, float] = {}
        self._spool_folder = folder.with_name(f"{folder.name}-vectors")
        self._filler: Filler | None = None
        self._stamp = stamp
        self._embed = embed
        self._terms = terms
        self._progress: Progress = progress or (lambda stage, done, total: None)
        self._is_sparing = sparing

    def close(self) -> None:
        """Let go of the catalog, and end what still runs."""
        self.draft.close()
        if self._filler is not None:
            self._filler.close()
        if self._spool_folder.exists():
            remove_tree(self._spool_folder)

    def apply(self, change: Change, base_stamp: Stamp | None, broken: frozenset[str]) -> Applied:
        """Apply the change; engines named in `broken`, or made by another model or other rules, are filled afresh."""
        if base_stamp is not None and not _same_evidence(base_stamp, self._stamp):
            self.draft.forget_evidence()
            broken |= {CHROMA, LEXICAL}
        spool = Spool(self._spool_folder, self._stamp.dimension)
        evidence = EvidenceMaker(self.draft, spool, self._embed, self._terms, self._timed)
        if self._is_sparing:
            self._terms.rest()
        wrote = self._write(change, evidence)
        if broken:
            self.draft.touch_everything()
        if not wrote and not broken:
            return Applied(False, (), self.draft.tombstones())
        with self._timed("terms"):
            settlements = self.draft.settle(lambda name: self._terms.of_text(file_words(name)))
        parts, tombstones = self._chroma_parts(settlements, afresh=CHROMA in broken)
        if self._is_sparing:
            evidence.make(self.draft.rows_without_evidence(), only_known=True)
            self._terms.rest()
            self._start_filling(parts, spool)
            if self._filler is not None:
                self._filler.wait()
        evidence.make(self.draft.rows_without_evidence(), self._progress)
        if self._is_sparing:
            self._terms.rest()
        else:
            self._start_filling(parts, spool)
        with self._timed("wordbook"):
            self.draft.note_words(settlements, self._terms.of_texts)
        self._terms.rest()
        self._fill_lexical(settlements, afresh=LEXICAL in broken)
        return Applied(True, settlements, 0 if self._fill_vectors(parts) else tombstones)

    def counts(self, number: int, applied: Applied) -> BuildCounts:
        """What became of the chunks, for the receipt of generation `number`."""
        sources, chunks = self.draft.counts()
        return BuildCounts(
            generation=number,
            added=sum(len(item.fresh) for item in applied.settlements),
            removed=sum(len(item.gone) for item in applied.settlements),
            kept=sum(item.kept for item in applied.settlements),
            sources=sources,
            chunks=chunks,
            timings_ms=dict(self.timings_ms),
        )

    def _write(self, change: Change, evidence: EvidenceMaker) -> bool:
        """Put the documents in, and make the evidence of their chunks meanwhile: they may come from a process that reads on."""
        different = False
        with self._timed("catalog"):
            for source_id in change.removed:
                different |= self.draft.remove(source_id)
        waiting = last = 0
        for done, content in enumerate(change.written, 1):
            with self._timed("catalog"):
                different |= self.draft.write(content, self._stamp.chunker)
            waiting += len(content.chunks)
            if waiting >= EMBEDDED_AT_ONCE:
                rows = self.draft.rows_without_evidence(after=last)
                evidence.make(rows, only_known=self._is_sparing)
                waiting, last = 0, max(rows, default=last)
            self._progress("read", done, 0)
        return different

    def _chroma_parts(self, settlements: Sequence[Settlement], *, afresh: bool) -> tuple[tuple[Part, ...], int]:
        """What Chroma has to do, and the number of deleted rows that its files then carry."""
        total = sum(self.draft.member_counts().values())
        spent = self.draft.tombstones() + sum(len(item.gone) for item in settlements)
        if afresh or spent > max(_SPENT_AT_LEAST, _SPENT_SHARE * total):
            return self._all_afresh(), 0
        return tuple(Part(item.collection, item.fresh, item.gone) for item in settlements), spent

    def _all_afresh(self) -> tuple[Part, ...]:
        remove_tree(self.folder / CHROMA)
        return tuple(Part(name, self.draft.member_rows(name)) for name in self.draft.member_counts())

    def _start_filling(self, parts: Sequence[Part], spool: Spool) -> None:
        """Have Chroma filled by another process from now on, where that pays and there is a second processor."""
        fresh = [row for part in parts for row in part.fresh]
        if len(fresh) < WORTH_A_PROCESS or processors() < 2:
            return
        with self._timed("vectors"):
            known = spool.missing(fresh)  # chunks that an older generation embedded
            for start in range(0, len(known), EMBEDDED_AT_ONCE):
                batch = known[start : start + EMBEDDED_AT_ONCE]
                spool.append(batch, self.draft.vectors(batch))
            try:
                self._filler = Filler(self.folder / CHROMA, parts, self.draft.member_counts(), spool)
            except OSError as error:  # no process to be had
                _LOG.warning("Chroma is filled by this process alone (%s)", error)

    def _fill_vectors(self, parts: Sequence[Part]) -> bool:
        """Bring Chroma in line, or wait for who does it; whether its files had to be begun anew for that."""
        of = sum(len(part.fresh) for part in parts)
        if self._filler is not None and self._filler.wait():
            self.timings_ms["vectors"] = self.timings_ms.get("vectors", 0.0) + 1000 * self._filler.seconds
            self._progress("vectors", of, of)
            return False
        with self._timed("vectors"):
            again = self._filler is not None
            for said in fill(
                self.folder / CHROMA,
                self._all_afresh() if again else parts,
                self.draft.member_counts(),
                self.draft.vectors,
                lambda done: self._progress("vectors", done, max(of, done)),
            ):
                _LOG.warning("%s", said)
        return again

    def _fill_lexical(self, settlements: Sequence[Settlement], *, afresh: bool) -> None:
        work: list[tuple[str, tuple[int, ...], tuple[int, ...]]]
        if afresh:
            remove_tree(self.folder / LEXICAL)
            work = [(name, self.draft.member_rows(name), ()) for name in self.draft.member_counts()]
        else:
            work = [(s.collection, (*s.fresh, *s.renamed), (*s.gone, *s.renamed)) for s in settlements]
        done, of = 0, sum(len(rows) for _, rows, _ in work)
        with self._timed("lexical"), Lexical(self.folder / LEXICAL) as lexical:
            for collection, rows, gone in work:
                lexical.delete(collection, gone)
                for start in range(0, len(rows), _INDEXED_AT_ONCE):
                    batch = self.draft.terms(collection, rows[start : start + _INDEXED_AT_ONCE])
                    lexical.add(collection, ((row, unpack_terms(packed, names)) for row, packed, names in batch))
                    done += len(rows[start : start + _INDEXED_AT_ONCE])
                    self._progress("lexical", done, of)
            lexical.commit()
            for collection, count in self.draft.member_counts().items():
                must_equal("BM25 index", collection, lexical.count(collection), count)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.timings_ms[stage] = self.timings_ms.get(stage, 0.0) + 1000 * (time.perf_counter() - start)


def _same_evidence(a: Stamp, b: Stamp) -> bool:
    return (a.embedder, a.digest, a.dimension, a.terms) == (b.embedder, b.digest, b.dimension, b.terms)
