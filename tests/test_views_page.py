"""The page, drawn by Streamlit itself on a fake chat."""

import logging
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from rag_app.conversations import Conversations
from rag_app.database import open_database
from rag_app.feedback import Feedback
from rag_app.views.chat import numbers_of
from rag_app.views.reports import facts_of, remarks_of
from rag_app.views.words import texts_in
from tests import page

QUESTION = "남은 연차는 며칠까지 이월할 수 있나요?"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "chats.sqlite"


@pytest.fixture
def app(database: Path) -> AppTest:
    return AppTest.from_string(page.script(database), default_timeout=30)


@pytest.fixture
def chats(database: Path) -> Conversations:
    return Conversations(open_database(f"sqlite:///{database}"))


def asked(app: AppTest, question: str = QUESTION) -> AppTest:
    app.run()
    app.chat_input[0].set_value(question).run()
    assert not app.exception
    return app


def shown(app: AppTest) -> str:
    """All text of the page."""
    drawn = [*app.markdown, *app.caption, *app.title, *app.error, *app.warning, *app.info]
    return "\n".join(str(element.value) for element in drawn)


def button(app: AppTest, label: str) -> object:
    return next(item for item in app.button if label in item.label)


def test_the_first_screen_greets_and_offers_questions(app: AppTest) -> None:
    app.run()
    assert app.title[0].value == "무엇이 궁금하세요?"
    assert "모델 없음" in shown(app)
    app.button(key="example-0").click().run()
    assert "7일까지 이월합니다\\.\xa0[1](#cite-" in shown(app)


def test_an_answer_is_stored_and_the_address_names_the_chat(app: AppTest, chats: Conversations) -> None:
    asked(app)
    (info,) = chats.list()
    (turn,) = chats.turns(info.id)
    assert (turn.question, turn.interrupted) == (QUESTION, False)
    assert app.query_params["chat"] in (info.id, [info.id])
    assert "무엇이 궁금하세요" not in shown(app)


def test_a_follow_up_knows_what_came_before(app: AppTest, chats: Conversations) -> None:
    asked(app)
    app.chat_input[0].set_value("그럼 수당은?").run()
    assert [turn.answer.text[-3:] for turn in chats.turns(chats.list()[0].id)] == ["(0)", "(1)"]


def test_a_new_process_finds_the_conversation_by_its_address(
    app: AppTest, chats: Conversations, database: Path
) -> None:
    asked(app)
    again = AppTest.from_string(page.script(database), default_timeout=30)
    again.query_params["chat"] = chats.list()[0].id
    again.run()
    assert QUESTION.replace("?", "\\?") in shown(again)
    assert "7일까지" in shown(again)


@pytest.mark.parametrize("id", ["../../x", "<script>", "x" * 65536, "gone0000gone0000", ""])
def test_a_foreign_chat_in_the_address_is_a_new_chat(app: AppTest, id: str) -> None:
    app.query_params["chat"] = id
    app.run()
    assert not app.exception
    assert app.title[0].value == "무엇이 궁금하세요?"
    assert "chat" not in app.query_params


def test_a_source_button_opens_the_passage_highlighted(app: AppTest) -> None:
    asked(app)
    next(item for item in app.button if (item.key or "").startswith("cite-")).click().run()
    text = shown(app)
    assert ":yellow-background[쓰지 않은 연차는 7일까지 \\<b\\>이월\\<\\/b\\>한다\\.]" in text
    assert "`company/leave-policy-2025.md` · 5번째 줄" in text
    assert "제9조 \\(이월\\)" in text
    assert "evil.example" not in text.replace("x (`http://evil.example/x.png`)", "")


def test_of_a_deleted_document_the_stored_quote_is_shown(app: AppTest) -> None:
    asked(app)
    app.query_params["world"] = "deleted"
    next(item for item in app.button if (item.key or "").startswith("cite-")).click().run()
    assert "지워졌거나 바뀌었습니다" in shown(app)
    assert ":yellow-background[쓰지 않은 연차는" in shown(app)


def test_the_route_and_its_reason_are_shown(app: AppTest) -> None:
    asked(app)
    assert "구절 검색 · 바로 답하기 · 문서의 문장을 인용함 · 0.1초" in shown(app)
    assert "규정을 묻는 질문" in shown(app)


def test_filters_in_force_are_shown_under_the_question_with_the_documents_they_cover(app: AppTest) -> None:
    asked(app, "연차는 며칠까지? 경로:company/*.md -tag:초안")
    assert ":material/filter_alt: `path:company/*.md` `-tag:초안` · 문서 1개에서 찾음" in shown(app)
    app.chat_input[0].set_value("그럼 수당은?").run()
    assert shown(app).count(":material/filter_alt:") == 1


def test_filters_stay_shown_on_an_answer_that_was_stopped(app: AppTest) -> None:
    asked(app, "멈춤 path:company/")
    app.run()
    assert "`path:company/` · 문서 1개에서 찾음" in shown(app)


def test_a_filter_that_no_document_meets_is_a_sentence_with_what_there_is(app: AppTest) -> None:
    asked(app, "연차는? 경로:없음/compny/")
    assert "질문에 붙인 조건을 확인해 주세요\\." in shown(app)
    assert "가까운 경로" in shown(app)
    assert "company\\/" in shown(app)


def test_what_was_said_before_a_stop_is_kept_and_can_be_answered_again(app: AppTest, chats: Conversations) -> None:
    asked(app, "멈춤")
    (turn,) = chats.turns(chats.list()[0].id)
    assert (turn.answer.text, turn.interrupted) == ("7일까지 ", True)
    app.run()
    assert "끝나기 전에 멈췄습니다" in shown(app)
    assert button(app, "다시 답하기")


def test_answering_again_replaces_the_answer(app: AppTest, chats: Conversations) -> None:
    asked(app)
    for _ in range(3):
        app.button(key=f"again-{chats.turns(chats.list()[0].id)[0].id}").click().run()
    (turn,) = chats.turns(chats.list()[0].id)
    assert (turn.answer.text, turn.interrupted) == ("7일까지 이월합니다. [1] (0)", False)


def test_a_failure_is_one_sentence_and_the_question_is_kept(
    app: AppTest, chats: Conversations, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        asked(app, "고장")
    assert "예상하지 못한 문제" in shown(app)
    assert "/secret/path" not in shown(app)
    assert "/secret/path" in caplog.text
    assert chats.turns(chats.list()[0].id)[0].question == "고장"


def test_a_damaged_index_is_said_with_its_remedy(app: AppTest) -> None:
    asked(app, "손상")
    assert "색인이 손상되었습니다" in shown(app)
    assert "make run" in shown(app)


def test_a_question_over_the_limit_is_refused_with_the_limit(app: AppTest, chats: Conversations) -> None:
    asked(app, "가" * 501)
    assert "501자입니다. 500자까지" in shown(app)
    assert chats.list() == ()


@pytest.mark.parametrize("typed", [" ", "\n\n"])
def test_nothing_typed_asks_nothing(app: AppTest, chats: Conversations, typed: str) -> None:
    asked(app, typed)
    assert chats.list() == ()


def test_a_question_is_shown_as_it_was_typed(app: AppTest) -> None:
    asked(app, "<b>x</b> :material/home: $x$ {context} %s [1](http://a.example)")
    assert (
        "\\<b\\>x\\<\\/b\\> \\:material\\/home\\: \\$x\\$ \\{context\\} \\%s \\[1\\]\\(`http://a.example`\\)"
        in shown(app)
    )


def test_an_empty_index_says_what_to_run(app: AppTest) -> None:
    app.query_params["world"] = "empty"
    app.run()
    assert app.title[0].value == "아직 읽은 문서가 없습니다"
    assert "make run DOCS=" in shown(app)
    assert len(app.chat_input) == 0


def test_old_chats_can_be_read_without_an_index(app: AppTest, database: Path) -> None:
    asked(app)
    app.query_params["world"] = "damaged"
    app.run()
    assert "7일까지" in shown(app)
    assert app.chat_input[0].disabled


def test_the_page_speaks_english_when_asked_to(app: AppTest) -> None:
    app.query_params["lang"] = "en"
    app.run()
    assert app.title[0].value == "What would you like to know?"
    app.query_params["lang"] = "fr"
    app.run()
    assert app.title[0].value == "무엇이 궁금하세요?"


def test_the_language_switch_stays_in_the_address(app: AppTest) -> None:
    app.run()
    app.segmented_control(key="language").set_value("en").run()
    assert app.title[0].value == "What would you like to know?"
    assert app.query_params["lang"] in ("en", ["en"])


def test_a_vote_is_stored_with_its_comment(app: AppTest, database: Path, chats: Conversations) -> None:
    asked(app)
    turn = chats.turns(chats.list()[0].id)[0]
    votes = Feedback(open_database(f"sqlite:///{database}"))
    app.feedback(key=f"vote-{turn.id}").set_value(1).run()
    assert [vote.value for vote in votes.votes()] == [1]
    app.feedback(key=f"vote-{turn.id}").set_value(0).run()
    app.text_input(key=f"wrong-{turn.id}").set_value("7일이 아니에요")
    next(item for item in app.button if item.label == "보내기").click().run()
    assert [(vote.value, vote.comment) for vote in votes.votes()] == [(-1, "7일이 아니에요")]
    assert "고맙습니다" in shown(app)


def test_a_chat_is_renamed_and_deleted_only_after_confirming(app: AppTest, chats: Conversations) -> None:
    asked(app)
    id = chats.list()[0].id
    app.text_input(key=f"title-{id}").set_value("연차 이월")
    app.button(key=f"rename-{id}").click().run()
    assert chats.list()[0].title == "연차 이월"
    assert not [item for item in app.button if item.key == f"delete-{id}"]
    app.checkbox(key=f"sure-{id}").check().run()
    app.button(key=f"delete-{id}").click().run()
    assert chats.list() == ()
    assert app.title[0].value == "무엇이 궁금하세요?"


def test_a_new_chat_leaves_the_old_one_in_the_list(app: AppTest, chats: Conversations) -> None:
    asked(app)
    app.button(key="new_chat").click().run()
    assert app.title[0].value == "무엇이 궁금하세요?"
    app.button(key=f"chat-{chats.list()[0].id}").click().run()
    assert "7일까지" in shown(app)


def test_of_a_long_conversation_only_the_end_is_drawn(app: AppTest, chats: Conversations) -> None:
    chat = chats.create("긴 대화")
    for number in range(20):
        chats.add_turn(chat.id, f"질문 {number}", page.Answer("답", "ko", False, page.ROUTE))
    app.query_params["chat"] = chat.id
    app.run()
    assert len(app.chat_message) == 2 * 8
    next(item for item in app.button if "이전 대화 12개" in item.label).click().run()
    assert len(app.chat_message) == 2 * 20


def test_many_chats_can_be_searched(app: AppTest, chats: Conversations) -> None:
    for number in range(12):
        chats.create(f"대화 {number}")
    chats.create("드롭아웃")
    app.run()
    app.text_input(key="find_chat").set_value("드롭").run()
    assert [item.label for item in app.sidebar.button if (item.key or "").startswith("chat-")] == ["드롭아웃"]


def test_the_documents_are_listed(app: AppTest) -> None:
    app.run()
    app.button(key="documents").click().run()
    assert "1개 가운데 1개" in shown(app)
    assert "company\\/leave\\-policy\\-2025\\.md" in app.button(key="read-s1").label


def test_a_document_says_how_its_file_was_read_and_empty_files_are_named(app: AppTest) -> None:
    app.run()
    app.button(key="documents").click().run()
    assert "읽을 내용이 없는 파일 1개" in [item.label for item in app.expander]
    assert "그림에서 글자를 찾지 못했습니다" in shown(app)
    assert app.button(key="read-s1").icon == ":material/warning:"
    assert facts_of(texts_in("ko"), page.REPORT) == [
        "pdf",
        "1,234자",
        "10쪽",
        "빈 곳 50%",
        "깨진 글자 12%",
        "OCR로 읽은 그림 2개",
        "대목 4개 추가, 1개 유지, 2개 삭제",
        "2.5초",
    ]


def test_what_is_odd_about_a_file_stands_under_its_facts() -> None:
    drawn = AppTest.from_string(
        "from rag_app.views.reports import draw_reading\nfrom rag_app.views.words import texts_in\n"
        "from tests.page import REPORT\ndraw_reading(texts_in('en'), REPORT)"
    ).run()
    assert [item.value.replace("\\", "") for item in drawn.caption] == [
        "pdf · 1,234 characters · 10 p. · 50% empty · 12% garbled · 2 picture(s) read by OCR · "
        "4 passage(s) added, 1 kept, 2 removed · 2.5 s",
        ":material/warning: 5 of 10 pages are empty",
    ]


def test_what_is_odd_is_said_in_the_language_of_the_page() -> None:
    assert remarks_of(texts_in("ko"), page.REPORT) == ["10쪽 가운데 5쪽이 비어 있습니다"]
    assert remarks_of(texts_in("en"), page.REPORT) == ["5 of 10 pages are empty"]


def test_the_last_question_can_be_edited_and_asked_again(app: AppTest, chats: Conversations) -> None:
    asked(app)
    turn = chats.turns(chats.list()[0].id)[0]
    app.text_area(key=f"edit-{turn.id}").set_value("병가는 며칠인가요?")
    next(item for item in app.button if item.label == "고쳐서 묻기").click().run()
    assert [kept.question for kept in chats.turns(chats.list()[0].id)] == ["병가는 며칠인가요?"]
    assert chats.turns(chats.list()[0].id)[0].interrupted is False
    assert chats.list()[0].title == "병가는 며칠인가요?"
    assert "병가는 며칠인가요" in shown(app)


def test_only_the_last_question_can_be_edited_and_a_blank_one_changes_nothing(
    app: AppTest, chats: Conversations
) -> None:
    asked(app)
    app.chat_input[0].set_value("그럼 수당은?").run()
    first, last = chats.turns(chats.list()[0].id)
    assert [item.key for item in app.text_area] == [f"edit-{last.id}"]
    app.text_area(key=f"edit-{last.id}").set_value("   ")
    next(item for item in app.button if item.label == "고쳐서 묻기").click().run()
    assert [turn.question for turn in chats.turns(chats.list()[0].id)] == [first.question, last.question]


def test_many_numbers_of_one_passage_are_a_range() -> None:
    assert [numbers_of(numbers) for numbers in ((1,), (1, 2, 3), (2, 3, 4, 5), (1, 2, 3, 5))] == [
        "1",
        "1·2·3",
        "2–5",
        "1·2·3·5",
    ]


def test_a_suggested_question_is_asked_by_a_click(app: AppTest, chats: Conversations) -> None:
    asked(app)
    next(item for item in app.button if "제10조" in item.label).click().run()
    assert [turn.question for turn in chats.turns(chats.list()[0].id)] == [
        QUESTION,
        "휴가 규정에서 ‘제10조 (수당)’ 부분을 설명해 주세요",
    ]


def test_the_collections_to_search_are_chosen_at_the_side(app: AppTest, chats: Conversations) -> None:
    app.query_params["world"] = "two"
    app.run()
    app.pills(key="collections").set_value(["company"]).run()
    app.chat_input[0].set_value("어디?").run()
    app.pills(key="collections").set_value([]).run()
    app.chat_input[0].set_value("모두?").run()
    answers = [turn.answer.text for turn in chats.turns(chats.list()[0].id)]
    assert [text.rsplit("] ", 1)[1] for text in answers] == ["(0) company", "(1)"]
