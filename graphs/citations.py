"""Marks <-> spans: each sentence of a model's answer gets the span that says it, and one that nothing says is named.

Covers: sentences cited to the wrong or to no passage, numbers and names that stand in no cited passage, negation turned round.
Does not cover: what follows from several passages by reasoning alone; such a sentence keeps its mark and counts as weakly supported.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from graphs.extract import citation_of
from graphs.marks import MarkStream
from graphs.relevance import Embeds, TermRules
from graphs.units import Unit, said, units_of
from rag_app.answer import Citation
from rag_app.schema import Language
from rag_app.search_result import Hit
from rag_app.sentences import split_sentences

ATTACH_OVERLAP = 0.55
"""A sentence without a mark is given one when a unit holds this share of its terms."""
SUPPORT_OVERLAP = 0.3
SUPPORT_SIMILARITY = 0.5
"""A cited sentence stands when its best unit shares this share of its terms, or is this near in meaning (cosine)."""
MIN_CLAIM_TERMS = 3
"""A sentence with fewer terms, and no number, claims nothing that needs a citation ("정리하면 다음과 같습니다")."""
MAX_UNITS = 200

NOT_IN_DOCUMENTS: dict[Language, str] = {
    "ko": "(문서에서 확인되지 않음)",
    "en": "(not found in your documents)",
    "other": "(not found in your documents)",
}
UNSUPPORTED_WARNING: dict[Language, str] = {
    "ko": "답변의 문장 {count}개는 문서에서 근거를 찾지 못했습니다. 표시된 문장을 확인하세요.",
    "en": "{count} sentence(s) of the answer have no support in your documents; check the marked ones.",
    "other": "{count} sentence(s) of the answer have no support in your documents; check the marked ones.",
}

_SHOWN_MARK = re.compile(r"\s*\[(\d{1,3})\]")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NAME = re.compile(r"\b[A-Z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*\b")
_NEGATION = re.compile(
    r"(?:지|진|질)\s?(?:않|못)|(?:없|아니|불가|금지)|\b안\s|\b(?:not|no|never|cannot|without|neither)\b|n't\b",
    re.IGNORECASE,
)
_CODE_BLOCK = re.compile(r"(```|~~~).*?\1", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer whose marks all have their quote. `text` counts its marks 1, 2, 3 ...; citation `n` belongs to mark `[n]`."""

    text: str
    citations: tuple[Citation, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Support:
    unit: Unit
    overlap: float
    similarity: float
    contradicted: bool

    @property
    def stands(self) -> bool:
        return not self.contradicted and (self.overlap >= SUPPORT_OVERLAP or self.similarity >= SUPPORT_SIMILARITY)


def settle_citations(
    text: str,
    hits: Sequence[Hit],
    *,
    question: str,
    language: Language,
    terms: TermRules,
    embedder: Embeds,
    text_of: Callable[[str], str],
) -> Settled:
    """Settle the marks of a finished answer; `text` is the model's own, its marks name passages (1 = the first hit)."""
    stream = MarkStream(len(hits))
    counted = stream.feed(text) + stream.finish()
    checker = _Checker(hits, question, terms, embedder, text_of)
    pieces: list[str] = []
    citations: list[Citation] = []
    unsupported = 0
    position = 0
    for start, end in _claim_spans(counted):
        pieces.append(counted[position:start])
        sentence, position = counted[start:end], end
        named = [stream.passages[int(number) - 1] - 1 for number in _SHOWN_MARK.findall(sentence)]
        bare = _SHOWN_MARK.sub("", sentence).rstrip()
        supports = checker.supports(bare, named)
        if not supports and checker.is_claim(bare):
            unsupported += 1
            bare += f" {NOT_IN_DOCUMENTS[language]}"
        for support in supports:
            citation = citation_of(len(citations) + 1, support.unit, hits[support.unit.hit])
            citations.append(replace(citation, supported=support.stands))
            bare += f" [{citation.n}]"
        if supports and not any(support.stands for support in supports):
            unsupported += 1
            bare += f" {NOT_IN_DOCUMENTS[language]}"
        pieces.append(bare)
    pieces.append(counted[position:])
    warnings = (UNSUPPORTED_WARNING[language].format(count=unsupported),) if unsupported else ()
    return Settled("".join(pieces), tuple(citations), warnings)


def located(citations: Sequence[Citation], locator_of: Callable[[str, int, int], str]) -> tuple[Citation, ...]:
    """The citations with the page, slide or cells of their own quotes instead of those of their whole passages."""
    return tuple(
        replace(cited, locator=locator_of(cited.source_id, cited.start, cited.end) or cited.locator)
        for cited in citations
    )


def _claim_spans(text: str) -> list[tuple[int, int]]:
    """The sentences outside code; marks that follow a full stop belong to the sentence before them."""
    code = [found.span() for found in _CODE_BLOCK.finditer(text)]
    spans: list[tuple[int, int]] = []
    for start, end in split_sentences(text):
        if any(first < end and start < last for first, last in code):
            continue
        lead = re.match(r"(?:\s*\[\d{1,3}\])+\s*", text[start:end])
        if lead and spans:
            spans[-1] = (spans[-1][0], start + len(lead.group().rstrip()))
            start += lead.end()
        if start < end:
            spans.append((start, end))
    return spans


class _Checker:
    """Finds, for one sentence, the unit that says it best in each passage that it names."""

    def __init__(
        self,
        hits: Sequence[Hit],
        question: str,
        terms: TermRules,
        embedder: Embeds,
        text_of: Callable[[str], str],
    ) -> None:
        self._hits = hits
        self._terms = terms
        self._embedder = embedder
        self._units = units_of(hits, text_of)[:MAX_UNITS]
        self._unit_terms = [frozenset(terms.of_text(said(unit))) for unit in self._units]
        self._vectors = (
            embedder.embed_passages([said(unit) for unit in self._units])
            if self._units
            else np.zeros((0, 1), np.float32)
        )
        self._question_terms = frozenset(terms.of_text(question))
        self._question_numbers = _numbers_of(question)

    def is_claim(self, sentence: str) -> bool:
        """Whether the sentence says something of its own that a document should say too."""
        stripped = sentence.strip()
        if stripped.endswith((":", "?")) or stripped.startswith(("#", "|")):
            return False
        new = frozenset(self._terms.of_text(stripped)) - self._question_terms
        return len(new) >= MIN_CLAIM_TERMS or bool(_numbers_of(stripped) - self._question_numbers)

    def supports(self, sentence: str, named: Sequence[int]) -> list[_Support]:
        """The best unit of each named hit; for a sentence that names none, the best unit of all if it plainly says it."""
        own = frozenset(self._terms.of_text(sentence))
        if not own or not self._units:
            return []
        similarities = self._vectors @ self._embedder.embed_passages([sentence])[0]
        found = []
        for hit in dict.fromkeys(named):
            best = self._best(sentence, own, similarities, hit)
            if best is not None:
                found.append(best)
        if not named and self.is_claim(sentence):
            best = self._best(sentence, own, similarities, None)
            if best is not None and best.overlap >= ATTACH_OVERLAP and not best.contradicted:
                found.append(best)
        return found

    def _best(self, sentence: str, own: frozenset[str], similarities: np.ndarray, hit: int | None) -> _Support | None:
        best: tuple[float, int, float] | None = None
        for position, unit in enumerate(self._units):
            if hit is not None and unit.hit != hit:
                continue
            overlap = len(own & self._unit_terms[position]) / len(own)
            score = overlap + 0.5 * float(similarities[position])
            if best is None or score > best[0]:
                best = (score, position, overlap)
        if best is None:
            return None
        unit = self._units[best[1]]
        return _Support(unit, best[2], float(similarities[best[1]]), self._contradicted(sentence, unit))

    def _contradicted(self, sentence: str, unit: Unit) -> bool:
        """A number or name that the passage does not hold, or a negation that only one of the two has."""
        passage = self._hits[unit.hit].chunk
        context = " ".join((passage.title, *passage.heading_path, passage.text))
        if _numbers_of(sentence) - _numbers_of(context) - self._question_numbers:
            return True
        folded = context.casefold()
        if any(
            name.casefold() not in folded for name in _NAME.findall(sentence) if len(name) > 1 and not name.istitle()
        ):
            return True
        same_words = len(frozenset(self._terms.of_text(sentence)) & frozenset(self._terms.of_text(unit.text)))
        close = same_words >= 0.7 * max(1, len(frozenset(self._terms.of_text(sentence))))
        return close and bool(_NEGATION.search(sentence)) != bool(_NEGATION.search(unit.text))


def _numbers_of(text: str) -> frozenset[str]:
    """The numbers of a text without thousands separators and needless zeros; marks are not numbers."""
    found = (number.replace(",", "") for number in _NUMBER.findall(_SHOWN_MARK.sub("", text)))
    return frozenset(
        (number.rstrip("0").rstrip(".") if "." in number else number.lstrip("0")) or "0" for number in found
    )
