"""`python -m tests.benchmarks.answerability --data DIR`: what the product refuses or doubts, and the fit of `graphs.judge`.

Of every set half of the passages are ingested. Its questions about these are answerable ("there"), those about the other half
are not, although the same documents tell of near things ("taken out"); questions of other sets are about something else
("elsewhere"). The documents that ship take part with the golden questions. With `--fit` the weights of the judge are learned on
one half of all questions; the figures are always those of the other half.
"""

import argparse
import hashlib
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from graphs import judge
from graphs.chat import Chat, open_chat
from graphs.golden import read_golden
from graphs.relevance import relevance_of
from graphs.router import searchable
from rag_app.language import detect_language
from rag_app.settings import Settings
from tests.benchmarks.beir import RetrievalSet, read_sets
from tests.benchmarks.ingesting import ingest_folder

Kind = Literal["there", "taken out", "elsewhere"]
KINDS: Mapping[Kind, float] = {"there": 2.0, "taken out": 1.0, "elsewhere": 1.0}
"""Every kind, and what all of its questions over one corpus weigh together in the fit."""
SETS = (
    "korquad-dev40",
    "squad-dev13",
    "msmarco-kor-dev/ko",
    "msmarco-kor-dev/en",
    "python-faq-ko-en/ko-ko",
    "python-faq-ko-en/en-en",
    "python-faq-ko-en/ko-en",
)
DOCS, GOLDEN = Path("docs"), Path("tests/golden")
QUESTIONS, PASSAGES = 160, 1_500
FALSE_REFUSALS, FALSE_DOUBTS = 0.05, 0.15
"""The shares of answerable questions, each corpus counting alike, at which `--fit` puts the two thresholds."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question over one corpus. `row` are its signals, None when nothing was found or a rule decides (`refused`)."""

    corpus: str
    kind: Kind
    question: str
    row: NDArray[np.float64] | None
    fitting: bool

    def score(self, weights: NDArray[np.float64], bias: float) -> float:
        return -np.inf if self.row is None else float(weights @ self.row) + bias


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.answerability")
    parser.add_argument("--data", type=Path, required=True, help="folder with retrieval sets in the BEIR form")
    parser.add_argument("--fit", action="store_true", help="learn the weights anew and print them")
    options = parser.parse_args(argv)
    if not options.data.is_dir():
        sys.stderr.write(f"{options.data} is not there; the retrieval sets are not part of this repository\n")
        return 2
    sets = read_sets(options.data, only=SETS)
    chosen = {one.name: one for one in sets if one.name in SETS}
    if missing := sorted(set(SETS) - chosen.keys()):
        sys.stderr.write(f"{options.data} does not hold {', '.join(missing)}; name the folder that these lie in\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        judged = [*_golden(chosen, Path(folder, "docs"))]
        for number, one in enumerate(chosen.values()):
            judged += _asked_over(one, chosen, Path(folder, str(number)))
    _report("in force", judged, judge.WEIGHTS, judge.BIAS, (judge.REFUSED_BELOW, judge.DOUBTED_BELOW))
    if options.fit:
        weights, bias = _fitted(judged)
        there = [one for one in judged if one.fitting and one.kind == "there"]
        scores = list(zip((one.score(weights, bias) for one in there), _shares(there), strict=True))
        limits = _quantile(scores, FALSE_REFUSALS), _quantile(scores, FALSE_DOUBTS)
        print(
            f"weights {np.round(weights, 2).tolist()}, bias {bias:.2f}, refused and doubted below {np.round(limits, 2)}"
        )
        _report("fitted", judged, weights, bias, limits)
    return 0


def _golden(sets: Mapping[str, RetrievalSet], data: Path) -> Iterable[Judged]:
    settings = Settings(data_dir=data)
    ingest_folder(DOCS, settings)
    golden = read_golden([GOLDEN])
    asked: list[tuple[Kind, str, bool]] = [
        ("there" if one.answerable else "taken out", one.question, not one.held_out) for one in golden
    ]
    return _judged("docs", [*asked, *_elsewhere("docs", sets)], settings)


def _asked_over(one: RetrievalSet, sets: Mapping[str, RetrievalSet], folder: Path) -> Iterable[Judged]:
    rng = random.Random(one.name)
    golds = sorted({name for relevant in one.qrels.values() for name in relevant})
    corpus = set(golds if len(one.corpus) > PASSAGES else one.corpus)
    if len(corpus) > PASSAGES:
        corpus = set(rng.sample(golds, PASSAGES))
    kept = {name for name in corpus if _half(name, salt="passage")}
    settings = Settings(data_dir=folder / "data")
    _write(one, kept, folder / "notes")
    ingest_folder(folder / "notes", settings)
    there = [key for key, relevant in one.qrels.items() if kept.issuperset(relevant)]
    gone = [key for key, relevant in one.qrels.items() if corpus.issuperset(relevant) and kept.isdisjoint(relevant)]
    asked: list[tuple[Kind, str, bool]] = []
    kinds: tuple[tuple[Kind, list[str]], ...] = (("there", there), ("taken out", gone))
    for kind, keys in kinds:
        drawn = rng.sample(sorted(keys), min(QUESTIONS, len(keys)))
        asked += [(kind, one.queries[key], _half(one.queries[key])) for key in drawn]
    return _judged(one.name, [*asked, *_elsewhere(one.name, sets)], settings)


def _elsewhere(corpus: str, sets: Mapping[str, RetrievalSet]) -> list[tuple[Kind, str, bool]]:
    """Questions of sets about other things: none of the same family, that is of the same first word."""
    family = corpus.split("-")[0]
    foreign = sorted(
        text for name, one in sets.items() if name.split("-")[0] != family for text in one.queries.values()
    )
    drawn = random.Random(corpus).sample(foreign, QUESTIONS)
    return [("elsewhere", question, _half(question)) for question in drawn]


def _judged(corpus: str, asked: Sequence[tuple[Kind, str, bool]], settings: Settings) -> list[Judged]:
    chat = open_chat(settings)
    try:
        return [Judged(corpus, kind, question, _signals(chat, question), fitting) for kind, question, fitting in asked]
    finally:
        chat.deps.retriever.close()


def _signals(chat: Chat, question: str) -> NDArray[np.float64] | None:
    """The signals as the graph would see them; None where its rules refuse whatever the signals say."""
    deps = chat.deps
    voice: Literal["ko", "en"] = "en" if detect_language(question) == "en" else "ko"
    wanted = searchable(question, deps.router.route(question, voice))
    result = deps.retriever.search(wanted)
    ranked = relevance_of(wanted, result, terms=deps.terms, embedder=deps.embedder, text_of=deps.retriever.text_of)
    if not ranked or judge.decisively_missing(result) or not judge.gives_kind(wanted, ranked):
        return None
    return judge.signals_of(result, ranked).row()


def _fitted(judged: Sequence[Judged]) -> tuple[NDArray[np.float64], float]:
    used = [one for one in judged if one.fitting and one.row is not None]
    rows = np.stack([one.row for one in used if one.row is not None])
    spread = rows.std(axis=0)
    model = LogisticRegression(C=1.0, max_iter=5_000)
    # An average question weighs 1, so that the strength of the prior does not depend on how many were asked.
    weights = np.array(_shares(used))
    model.fit(rows / spread, [one.kind == "there" for one in used], sample_weight=weights * len(used) / weights.sum())
    return model.coef_[0] / spread, float(model.intercept_[0])


def _shares(judged: Sequence[Judged]) -> list[float]:
    """What each question weighs in the fit."""
    alike = Counter((one.corpus, one.kind) for one in judged)
    return [KINDS[one.kind] / alike[one.corpus, one.kind] for one in judged]


def _quantile(scores: Sequence[tuple[float, float]], share: float) -> float:
    """The score below which this share of the weight lies."""
    ordered = sorted(scores)
    below = np.cumsum([weight for _, weight in ordered]) / sum(weight for _, weight in scores)
    return ordered[int(np.searchsorted(below, share))][0]


def _report(
    title: str, judged: Sequence[Judged], weights: NDArray[np.float64], bias: float, limits: tuple[float, float]
) -> None:
    """Shares refused / refused or doubted, of the questions that nothing was fitted on."""
    print(f"{title}\n| corpus | " + " | ".join(KINDS) + " |\n|---|" + "---|" * len(KINDS))
    for corpus in dict.fromkeys(one.corpus for one in judged):
        cells = []
        for kind in KINDS:
            scores = [
                one.score(weights, bias)
                for one in judged
                if (one.corpus, one.kind, one.fitting) == (corpus, kind, False)
            ]
            cells.append(" / ".join(f"{np.mean([score < limit for score in scores]):.2f}" for limit in limits))
        print(f"| {corpus} | " + " | ".join(cells) + " |", flush=True)


def _half(text: str, *, salt: str = "question") -> bool:
    return hashlib.sha256(f"{salt} {text}".encode()).digest()[0] % 2 == 0


def _write(one: RetrievalSet, kept: set[str], folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, name in enumerate(sorted(kept)):
        title, text = one.corpus[name]
        heading = " ".join(title.split())
        (folder / f"{number:06d}.md").write_text(
            f"# {heading}\n\n{text}\n" if heading else f"{text}\n", encoding="utf-8"
        )


if __name__ == "__main__":
    sys.exit(main())
