"""Golden questions: what is scored, over a real index of a few notes, and how a file of questions is read."""

import json
from pathlib import Path

import pytest

from graphs.evaluate import Outcome, main, scores_of
from graphs.golden import GoldQuestion, GoldQuote, read_golden
from ingest.__main__ import main as ingest
from rag_app.errors import UsageError

LEAVE = "# 연차 규정\n\n## 이월\n\n그해에 쓰지 못한 연차는 7일까지 다음 해로 이월할 수 있다.\n\n## 수당\n\n이월하지 않은 연차는 수당으로 지급한다.\n"
QUESTION = {
    "id": "t-001",
    "language": "ko",
    "question": "연차는 며칠까지 이월할 수 있어?",
    "kind": "fact",
    "answerable": True,
    "evidence": [{"source": "leave.md", "quote": "그해에 쓰지 못한 연차는 7일까지 다음 해로 이월할 수 있다."}],
    "cross_language": False,
}
UNANSWERABLE = QUESTION | {"id": "t-002", "question": "KTO 논문은 누가 썼어?", "answerable": False, "evidence": []}


def _golden(folder: Path, *rows: dict[str, object]) -> Path:
    path = folder / "golden.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "leave.md").write_text(LEAVE, encoding="utf-8")
    (folder / "travel.md").write_text("# 여비 규정\n\n숙박비는 실비로 정산한다.\n", encoding="utf-8")
    assert ingest([str(folder)]) == 0
    return folder


def test_a_question_that_is_answered_and_one_that_is_refused_score_fully(
    notes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["--golden", str(_golden(tmp_path, QUESTION, UNANSWERABLE)), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["all"]
    assert {name: scores[name] for name in ("questions", "answerable", "recall_at_5", "mrr", "cited")} == {
        "questions": 2,
        "answerable": 1,
        "recall_at_5": 1.0,
        "mrr": 1.0,
        "cited": 1.0,
    }
    assert (scores["abstention_precision"], scores["abstention_recall"]) == (1.0, 1.0)


def test_the_table_is_markdown_and_misses_are_listed(
    notes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = QUESTION | {"id": "t-003", "evidence": [{"source": "travel.md", "quote": "숙박비는 실비로 정산한다."}]}
    capsys.readouterr()
    assert main(["--golden", str(_golden(tmp_path, wrong)), "--misses"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("| group | questions |")
    assert "t-003" in printed


def test_questions_over_documents_that_are_not_there_are_no_zero_but_an_error(notes: Path, tmp_path: Path) -> None:
    lost = QUESTION | {"evidence": [{"source": "gone.md", "quote": "없다"}]}
    with pytest.raises(UsageError, match="python -m ingest docs"):
        main(["--golden", str(_golden(tmp_path, lost))])


def test_without_an_index_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="python -m ingest docs"):
        main(["--golden", str(_golden(tmp_path, QUESTION))])


def test_an_unreadable_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "golden.jsonl"
    path.write_text('{"id": "x"}\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"golden\.jsonl, line 1"):
        read_golden([path])


def _outcome(*, answerable: bool, abstained: bool, cited: bool = False, doubtful: bool = False) -> Outcome:
    evidence = (GoldQuote("a.md", "x"),) if answerable else ()
    return Outcome(
        GoldQuestion("q1", "ko", "?", "fact", evidence, False), 1.0, 1.0, 1.0, cited, abstained, doubtful, 5.0
    )


def test_abstention_is_scored_by_precision_and_recall() -> None:
    scores = scores_of(
        [
            _outcome(answerable=False, abstained=True),
            _outcome(answerable=False, abstained=False),
            _outcome(answerable=True, abstained=True),
            _outcome(answerable=True, abstained=False, cited=True),
        ]
    )
    assert (scores.abstention_precision, scores.abstention_recall, scores.cited) == (0.5, 0.5, 0.5)


def test_a_word_of_doubt_warns_like_a_refusal_and_is_counted_where_it_was_needless() -> None:
    scores = scores_of(
        [
            _outcome(answerable=False, abstained=True),
            _outcome(answerable=False, abstained=False, doubtful=True),
            _outcome(answerable=False, abstained=False),
            _outcome(answerable=False, abstained=False),
            _outcome(answerable=True, abstained=False, doubtful=True),
            _outcome(answerable=True, abstained=False, cited=True),
        ]
    )
    assert (scores.abstention_recall, scores.warned, scores.doubted) == (0.25, 0.5, 0.5)
