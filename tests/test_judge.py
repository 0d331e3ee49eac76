"""The verdict: what is refused, what is doubted, and what the reader is told is missing."""

import math
from dataclasses import replace

from graphs.judge import (
    BIAS,
    DOUBTED_BELOW,
    REFUSED_BELOW,
    WEIGHTS,
    Signals,
    Verdict,
    judge_evidence,
    signals_of,
)
from graphs.relevance import relevance_of
from rag_app.search_result import Hit, OtherWords
from tests.fakes import HashEmbedder, SplitTerms
from tests.passages import hit_of, result_of, texts

LEAVE = hit_of(
    "연차는 15일이다. 남은 연차는 최대 5일까지 이월할 수 있다.",
    name="leave-2025.md",
    heading="연차 (2025년판)",
    meaning=0.6,
)


def _judge(question: str, *hits: Hit, unknown: tuple[str, ...] = ()) -> Verdict:
    result = result_of(question, *hits, unknown=unknown)
    ranked = relevance_of(question, result, terms=SplitTerms(), embedder=HashEmbedder(), text_of=texts(*hits))
    return judge_evidence(result, ranked)


def test_a_question_that_a_sentence_covers_is_answerable() -> None:
    assert _judge("남은 연차는 며칠까지 이월할 수 있나?", LEAVE).answerable


def test_no_hits_at_all_is_never_answerable() -> None:
    assert _judge("연차는?") == Verdict(False, -math.inf, SplitTerms().of_question("연차는?"))


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


def test_passages_about_something_else_are_refused() -> None:
    """Words of the question stand in the documents, but no passage is about it."""
    canteen = hit_of("The canteen opens at noon.", name="canteen.md", meaning=0.05)
    policy = hit_of("Every dog needs a vaccination.", name="dogs.md", meaning=0.1)
    verdict = _judge("Who paints the canteen for every dog?", canteen, policy)
    assert not verdict.answerable
    assert not verdict.doubtful


def test_a_thin_answer_is_given_with_doubt() -> None:
    """Between the two limits the nearest passages are quoted, and the reader is told."""
    nothing, thin, sure = (_judge("남은 연차를 팔 수 있나?", _leave(meaning)) for meaning in (0.0, 0.3, 0.9))
    assert (nothing.answerable, nothing.doubtful) == (False, False)
    assert (thin.answerable, thin.doubtful) == (True, True)
    assert (sure.answerable, sure.doubtful) == (True, False)


def test_a_price_is_doubted_where_no_sum_of_money_stands_near() -> None:
    """A word that only looks like the one asked for: 주가 (share price) in "여덟 주가 끝나는 날" (eight weeks)."""
    weeks = hit_of("우리 회사 주가 끝나는 날 발표한다.", name="weeks.md", meaning=0.6)
    price = hit_of("우리 회사 주가 는 52,000원이다.", name="price.md", meaning=0.6)
    question = "우리 회사 주가 는 얼마야?"
    assert (_judge(question, weeks).answerable, _judge(question, weeks).doubtful) == (True, True)
    assert (_judge(question, price).answerable, _judge(question, price).doubtful) == (True, False)


def _leave(meaning: float) -> Hit:
    return hit_of("연차는 15일이다. 남은 연차는 이월할 수 있다.", name="leave.md", meaning=meaning)


def test_every_signal_pulls_the_way_its_name_says() -> None:
    thin = Signals(0.2, 0.2, 0.2, 0.5, same_language=True)

    def odds(signals: Signals) -> float:
        return float(WEIGHTS @ signals.row()) + BIAS

    for same in (True, False):
        base = odds(Signals(0.2, 0.2, 0.2, 0.5, same))
        assert odds(Signals(0.9, 0.2, 0.2, 0.5, same)) > base
        assert odds(Signals(0.2, 0.9, 0.2, 0.5, same)) > base
        assert odds(Signals(0.2, 0.2, 0.9, 0.5, same)) > base
        assert odds(Signals(0.2, 0.2, 0.2, 0.0, same)) > base
    assert odds(thin) < REFUSED_BELOW < DOUBTED_BELOW < odds(Signals(0.8, 0.8, 1.0, 0.0, same_language=True))


def test_a_word_that_was_only_heard_counts_less_than_one_that_is_said() -> None:
    said = result_of("로라 행렬", hit_of("로라 행렬 두 개", name="a.md"))
    heard = replace(said, other_words=(OtherWords(("로라",), ("lora",), 0.8, "sound"),))
    named = replace(said, other_words=(OtherWords(("로라",), ("lora",), 0.8, "name"),))
    words = [
        signals_of(
            one,
            relevance_of("로라 행렬", one, terms=SplitTerms(), embedder=HashEmbedder(), text_of=texts(*one.hits)),
        ).words
        for one in (said, heard, named)
    ]
    assert words == [1.0, 0.9, 1.0]
