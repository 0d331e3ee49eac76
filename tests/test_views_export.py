"""What is taken along: an answer with its sources, a conversation in order."""

from rag_app.answer import Answer, Citation, Route, Turn
from rag_app.views.export import answer_markdown, conversation_markdown
from rag_app.views.text_en import ENGLISH
from rag_app.views.text_ko import KOREAN

ANSWER = Answer(
    "7일까지 이월합니다. [1]",
    "ko",
    False,
    Route("notes", "direct", ""),
    (Citation(1, "leave.md", "s1", "제9조", "쓰지 않은\n연차는 7일까지", 0, 14, 5, "p. 3"),),
)


def test_an_answer_takes_its_sources_along() -> None:
    assert answer_markdown(ANSWER, KOREAN) == (
        "7일까지 이월합니다. [1]\n\n**근거**\n\n- [1] leave.md › 제9조 › p. 3: “쓰지 않은 연차는 7일까지”\n"
    )


def test_a_conversation_is_written_in_order() -> None:
    turn = Turn("t", "c", "며칠?\n이월은?", ANSWER, "2025-03-01T09:30:00.000000+00:00")
    assert conversation_markdown("연차", (turn,), ENGLISH).startswith(
        "# 연차\n\n**Question** (2025-03-01 09:30 UTC)\n\n> 며칠?\n> 이월은?\n\n**Answer**\n\n7일까지 이월합니다. [1]\n"
    )
