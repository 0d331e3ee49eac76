"""A reader with a real browser: asks in both languages, checks a source, and finds the conversation after a restart."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.serving import ROOT, Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WAIT_MS = 60_000

LEAVE = """# 휴가 규정

## 제9조 (이월)

쓰지 않은 연차는 7일까지 다음 해로 이월할 수 있다.

이월한 연차는 다음 해 6월 30일까지 써야 한다.
"""
DROPOUT = """# Regularization

## Dropout

Dropout switches off randomly chosen nodes at every training step.
"""
HOSTILE = """# 함정 문서

## 살아 있으면 안 되는 것

빨간 토마토 상자는 <img src="http://127.0.0.1:9/html.png" onerror="document.title='broken'"> 셋이고 ![그림](http://127.0.0.1:9/leak.png) :material/delete: $x$ 입니다.
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("page")
    notes, data = folder / "notes", folder / "data"
    for name, text in (("company/leave.md", LEAVE), ("course/dropout.md", DROPOUT), ("course/trap.md", HOSTILE)):
        (notes / name).parent.mkdir(parents=True, exist_ok=True)
        (notes / name).write_text(text, encoding="utf-8")
    environment = {**os.environ, "RAG_DATA_DIR": str(data), "HF_HUB_OFFLINE": "1"}
    subprocess.run([sys.executable, "-m", "ingest", str(notes)], cwd=ROOT, env=environment, check=True)
    served = Server(data, folder / "server.log")
    served.start()
    yield served
    served.stop()
    assert "Traceback" not in served.log()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no browser: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def korean(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(locale="ko-KR", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    page = context.new_page()
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.goto(server.url)
    yield page
    context.close()
    foreign = {url for url in asked_for if not url.startswith((server.url, "data:", "blob:"))}
    assert foreign == set(), "the page asked another machine for something"


def ask(page: Page, question: str, nth: int = 0) -> None:
    """Type a question and wait for the end of its answer."""
    field = page.get_by_test_id("stChatInputTextArea")
    expect(field).to_be_editable()
    field.fill(question)
    field.press("Enter")
    expect(page.locator('[class*="st-key-actions-"]').nth(nth)).to_be_visible()


def test_a_reader_asks_checks_the_source_and_finds_the_chat_after_a_restart(korean: Page, server: Server) -> None:
    page = korean
    expect(page.get_by_role("heading", name="무엇이 궁금하세요?")).to_be_visible()

    ask(page, "남은 연차는 며칠까지 이월할 수 있나요?")
    expect(page.get_by_text("쓰지 않은 연차는 7일까지 다음 해로 이월할 수 있다.").first).to_be_visible()

    page.locator('a[href^="#cite-"]').first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("company/leave.md")
    expect(drawer).to_contain_text("제9조 (이월)")
    expect(drawer).to_contain_text(re.compile(r"\d번째 줄"))
    expect(drawer.locator(".stMarkdownColoredBackground").first).to_contain_text("연차")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()

    ask(page, "What does dropout do?", nth=1)
    expect(page.get_by_text("Dropout switches off randomly chosen nodes").first).to_be_visible()
    page.get_by_role("button", name=re.compile(r"dropout\.md")).last.click()
    expect(drawer.locator(".stMarkdownColoredBackground").first).to_contain_text("Dropout switches off")
    page.keyboard.press("Escape")

    assert re.search(r"[?&]chat=[\w-]{16}", page.url)
    server.stop()
    server.start()
    page.goto(page.url)
    expect(page.get_by_text("Dropout switches off randomly chosen nodes").first).to_be_visible()
    page.goto(server.url)
    page.get_by_test_id("stSidebar").get_by_role("button", name=re.compile("남은 연차는")).first.click()
    expect(page.get_by_text("쓰지 않은 연차는 7일까지 다음 해로 이월할 수 있다.").first).to_be_visible()


def test_nothing_of_a_document_comes_alive(korean: Page) -> None:
    page = korean
    ask(page, "빨간 토마토 상자는 몇 개인가요?")
    page.locator('a[href^="#cite-"]').first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("토마토")
    expect(drawer).to_contain_text(":material/delete:")
    assert page.locator("img").count() == 0
    assert page.title() == "서당"


def test_the_page_is_english_for_an_english_browser(browser: Browser, server: Server) -> None:
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_role("heading", name="What would you like to know?")).to_be_visible(timeout=WAIT_MS)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "the page is wider than a phone"
    context.close()


def test_a_document_can_be_read_from_the_list(korean: Page) -> None:
    page = korean
    page.get_by_role("button", name=re.compile("문서 3개")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("휴가 규정")).click()
    expect(page.get_by_role("dialog")).to_contain_text("다음 해 6월 30일까지")


def test_an_odd_address_is_a_new_chat(browser: Browser, server: Server) -> None:
    context = browser.new_context(locale="ko-KR")
    page = context.new_page()
    for query in ("?chat=../../x", "?chat=%3Cscript%3E", "?q=<script>alert(1)</script>", "?chat=" + "x" * 4000):
        page.goto(server.url + "/" + query)
        expect(page.get_by_role("heading", name="무엇이 궁금하세요?")).to_be_visible(timeout=WAIT_MS)
    context.close()


def test_the_filter_in_force_stands_under_the_question(korean: Page) -> None:
    page = korean
    ask(page, "남은 연차는 며칠까지 이월할 수 있나요? 경로:company/*")
    question = page.get_by_test_id("stChatMessage").first
    expect(question.get_by_test_id("stCaptionContainer")).to_contain_text("path:company/*")
    expect(question.get_by_test_id("stCaptionContainer")).to_contain_text("문서 1개에서 찾음")
    ask(page, "What does dropout do?", nth=1)
    expect(page.get_by_text("문서 1개에서 찾음")).to_have_count(1)


def test_the_last_question_can_be_edited(korean: Page) -> None:
    page = korean
    ask(page, "초록 오이 상자는 몇 개인가요?")  # no other chat in the sidebar is called so
    page.get_by_test_id("stPopover").get_by_role("button", name="질문 고치기").click()
    field = page.get_by_role("textbox", name="질문 고치기")
    field.fill("남은 연차는 며칠까지 이월할 수 있나요?")
    page.get_by_role("button", name="고쳐서 묻기").click()
    expect(page.get_by_text("쓰지 않은 연차는 7일까지 다음 해로 이월할 수 있다.").first).to_be_visible()
    expect(page.get_by_text("초록 오이")).to_have_count(0)
    expect(field).to_be_hidden()


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_the_page_follows_the_light_or_dark_of_the_system(
    browser: Browser, server: Server, scheme: Literal["light", "dark"], is_dark: bool
) -> None:
    context = browser.new_context(locale="ko-KR", color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url)
    expect(page.get_by_role("heading", name="무엇이 궁금하세요?")).to_be_visible(timeout=WAIT_MS)
    colour = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    assert (red + green + blue < 3 * 128) is is_dark
    context.close()
