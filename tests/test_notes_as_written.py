"""Notes of Obsidian, Docusaurus, MkDocs and GitHub through ingestion, search and answer: found as written, quoted as read."""

from collections.abc import Iterator

import pytest

from graphs.chat import Chat, open_chat
from ingest.sync import sync
from rag_app.embedding import open_embedder
from rag_app.index.store import Store
from rag_app.settings import Settings
from tests.conversation import rules

NOTES = {
    "옵시디언.md": """\
# 복리 후생

[[휴가|연차]]는 입사 후 일 년이 지나면 15일이 주어진다.

> [!NOTE] 이월
> 남은 날은 최대 5일까지 다음 해로 넘어간다.
""",
    "배포.mdx": """\
import Tabs from '@theme/Tabs';
import { Card } from '../components';

export const meta = {
  title: '배포 승인 절차',
};

# 배포 절차

<Note>
배포는 매주 화요일 오전 10시에 한다.
</Note>

:::tip 승인
배포 승인은 팀장 두 명이 한다.
:::

<Card title="배포" />
""",
    "handbook.md": """\
# Handbook

!!! warning "Badges"
    Visitors wear a yellow badge at all times.

The [[Parking garage|car park]] closes at eleven in the evening.
""",
}


@pytest.fixture(scope="module")
def chat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    folder = tmp_path_factory.mktemp("notes")
    for name, text in NOTES.items():
        (folder / "notes").mkdir(exist_ok=True)
        (folder / "notes" / name).write_text(text, encoding="utf-8")
    settings = Settings(_env_file=None, data_dir=folder / "data")  # type: ignore[call-arg]
    store = Store(settings.index_dir)
    embedder = open_embedder(settings)
    sync([folder / "notes"], settings=settings, store=store, embedder=embedder, terms=rules(), collection="default")
    opened = open_chat(settings)
    yield opened
    opened.deps.retriever.close()


@pytest.mark.parametrize(
    ("question", "source", "quote", "shown"),
    [
        (
            "연차는 며칠이 주어지나요?",
            "옵시디언.md",
            "[[휴가|연차]]는 입사 후 일 년이 지나면 15일이 주어진다.",
            "연차는 입사 후 일 년이 지나면 15일이 주어진다.",
        ),
        (
            "휴가는 며칠이 주어지나요?",
            "옵시디언.md",
            "[[휴가|연차]]는 입사 후 일 년이 지나면 15일이 주어진다.",
            "연차는 입사 후 일 년이 지나면 15일이 주어진다.",
        ),
        (
            "남은 날은 최대 며칠까지 다음 해로 넘어가나요?",
            "옵시디언.md",
            "남은 날은 최대 5일까지 다음 해로 넘어간다.",
            "남은 날은 최대 5일까지 다음 해로 넘어간다.",
        ),
        (
            "배포는 언제 하나요?",
            "배포.mdx",
            "배포는 매주 화요일 오전 10시에 한다.",
            "배포는 매주 화요일 오전 10시에 한다.",
        ),
        ("배포 승인은 누가 하나요?", "배포.mdx", "배포 승인은 팀장 두 명이 한다.", "배포 승인은 팀장 두 명이 한다."),
        (
            "What color badge do visitors wear?",
            "handbook.md",
            "Visitors wear a yellow badge at all times.",
            "Visitors wear a yellow badge at all times.",
        ),
        (
            "When does the parking garage close?",
            "handbook.md",
            "The [[Parking garage|car park]] closes at eleven in the evening.",
            "The car park closes at eleven in the evening.",
        ),
        (
            "When does the car park close?",
            "handbook.md",
            "The [[Parking garage|car park]] closes at eleven in the evening.",
            "The car park closes at eleven in the evening.",
        ),
    ],
)
def test_the_sentence_is_quoted_without_what_a_program_reads(
    chat: Chat, question: str, source: str, quote: str, shown: str
) -> None:
    answer = chat.ask(question)
    cited = next(cited for cited in answer.citations if (cited.source, cited.quote) == (source, quote))
    assert NOTES[source][cited.start : cited.end] == quote
    assert shown in answer.text
    for mark in ("import ", "export ", "<Note>", "<Card", ":::", "!!!", "[!NOTE]", "[["):
        assert mark not in answer.text
    assert not any(cited.quote.startswith(("import", "export", "<", ":::")) for cited in answer.citations)


@pytest.mark.parametrize("word", ["휴가", "연차", "복리 후생"])
def test_target_and_alias_of_a_wiki_link_both_find_the_note(chat: Chat, word: str) -> None:
    assert chat.search(word).hits[0].source.name == "옵시디언.md"


def test_the_text_of_a_note_stays_as_it_was_written(chat: Chat) -> None:
    for hit in chat.search("배포 절차").hits:
        assert NOTES[hit.source.name][hit.placement.start : hit.placement.end] == hit.chunk.text
