"""The verdict: what is refused, and what the reader is told is missing."""

from graphs.judge import Verdict, judge_evidence
from graphs.relevance import relevance_of
from rag_app.schema import Hit
from tests.fakes import HashEmbedder, SplitTerms
from tests.passages import hit_of, result_of, texts

LEAVE = hit_of(
    "연차는 15일이다. 남은 연차는 최대 5일까지 이월할 수 있다.", name="leave-2025.md", heading="연차 (2025년판)"
)


def _judge(question: str, *hits: Hit, unknown: tuple[str, ...] = ()) -> Verdict:
    result = result_of(question, *hits, unknown=unknown)
    ranked = relevance_of(question, result, terms=SplitTerms(), embedder=HashEmbedder(), text_of=texts(*hits))
    return judge_evidence(result, ranked)


def test_a_question_that_a_sentence_covers_is_answerable() -> None:
    assert _judge("남은 연차는 며칠까지 이월할 수 있나?", LEAVE).answerable


def test_no_hits_at_all_is_never_answerable() -> None:
    assert _judge("연차는?") == Verdict(False, 0.0, SplitTerms().of_question("연차는?"))


def test_a_name_that_stands_nowhere_is_decisive_and_named_first() -> None:
    verdict = _judge("KTO 연차는 며칠이야?", LEAVE, unknown=("kto",))
    assert not verdict.answerable
    assert verdict.missing[0] == "KTO"


def test_a_year_that_no_passage_states_is_decisive() -> None:
    assert not _judge("2019년 연차는 며칠이야?", LEAVE).answerable
    assert _judge("2025년 연차는 며칠이야?", LEAVE).answerable


def test_a_strict_kind_that_no_unit_gives_is_refused() -> None:
    assert not _judge("남은 연차 이월은 몇 명까지 되나?", LEAVE).answerable


def test_a_question_of_unknown_words_is_refused() -> None:
    question = "양자컴퓨터 가격은?"
    assert not _judge(question, LEAVE, unknown=SplitTerms().of_question(question)).answerable


def test_a_name_is_recognised_by_its_stem() -> None:
    """The English stemmer makes "franc" of France."""
    policy = hit_of("The capital of the fund is reported every year.", name="fund.md")
    assert not _judge("What is the capital of France?", policy, unknown=("franc",)).answerable
