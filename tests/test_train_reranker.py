"""The stand-in reranker's training: which questions are asked of which passages, and that a real cross-encoder learns from them."""

import itertools
import random
import time
from pathlib import Path

import numpy as np
import pytest

from rag_app.embedder.data import Kind, Pair
from tests.benchmarks import train_reranker
from tests.benchmarks.train_reranker import ASKED, Lesson, learn, lessons_of, mean_rank
from tests.tiny_cross_encoder import make_tiny_cross_encoder

TAIL = " and then some more words follow until a passage is long enough to be one of them"
WORDS = tuple(f"word{n}" for n in range(6))


def pair(left: str, right: str, kind: Kind = "heading_en") -> Pair:
    return Pair(left, right, kind)


def test_headings_questions_and_glimpses_ask_for_their_own_passage_beside_others_that_share_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(train_reranker, "HELD_OUT", 4)
    pairs = [
        pair("Kept out days", f"kept out of it{TAIL}"),
        pair("Guide - Leave", f"leave is fifteen days{TAIL}"),
        pair("Sick leave", f"sick leave is another matter{TAIL}"),
        pair("Short", "too short"),
        pair("한국어", "연차는 열다섯 날이고 " * 20),
        pair("연차는 열다섯 날이다", f"leave of a translated paragraph{TAIL}", "parallel"),
        pair("휴가", f"a section of another language's heading{TAIL}", "heading_cross"),
    ]
    passages, learned, kept_out = lessons_of(pairs, random.Random(1))
    assert [passage.removesuffix(TAIL) for passage in passages] == [
        "kept out of it",
        "leave is fifteen days",
        "sick leave is another matter",
        "leave of a translated paragraph",
    ]
    assert kept_out == [Lesson("Kept out days", 0, (1,))]
    asked = {lesson.question: lesson for lesson in learned}
    assert sorted(lesson.own for lesson in learned) == [1, 1, 1, 2, 2, 2, 3]
    assert asked["Sick leave"] == Lesson("Sick leave", 2, (1, 3))
    assert {form.format("Leave") for form in ASKED} & set(asked)
    (glimpse,) = [lesson.question for lesson in learned if lesson.own == 3]
    assert set(glimpse.split()) <= set(passages[3].split())
    assert all(lesson.own not in lesson.others for lesson in learned)


def test_the_mean_rank_counts_ties_against_the_own_passage() -> None:
    assert mean_rank([np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0])]) == pytest.approx((1 + 1 / 3) / 2)
    assert mean_rank([]) == 0.0


def test_a_cross_encoder_learns_which_passage_is_near_and_keeps_its_word_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(make_tiny_cross_encoder(tmp_path, WORDS[0], WORDS[1:])), device="cpu")
    before = model.model.get_input_embeddings().weight.clone()
    near = np.array([0, 0, 0, 1, 0, 0], dtype=np.float32)[:, None]
    lessons = [Lesson(word, 3, (0, 1, 2, 4, 5)) for word in WORDS]
    seconds = itertools.count()
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    monkeypatch.setattr(train_reranker, "PEAK", 3e-3)
    pairs = [("word5", word) for word in WORDS]
    assert model.predict(pairs).argmax() == 0
    assert learn(model, WORDS, lessons, (np.ones((6, 1), dtype=np.float32), near), minutes=1) == 59
    assert model.predict(pairs).argmax() == 3
    assert (model.model.get_input_embeddings().weight == before).all()


def test_without_the_data_the_command_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = str(tmp_path / "none")
    assert train_reranker.main(["--data", nowhere, "--teacher", nowhere, "--out", nowhere]) == 2
    assert capsys.readouterr().err == f"{nowhere} is not there; the retrieval sets are not part of this repository\n"
