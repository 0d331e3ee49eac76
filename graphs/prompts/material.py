"""Passages as a model gets them: between numbered tags, without anything that could pass for an instruction's frame."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rag_app.search_result import Hit
from rag_app.sentences import split_sentences

MIN_PASSAGE_TOKENS: Final = 24
"""A passage of which less would remain is left out."""

_TEMPLATE_TOKEN: Final = re.compile(
    r"<\|[^|<>\n]{1,40}\|>|</?s>|</?(?:bos|eos|pad|unk)>|<(?:start|end)_of_turn>|<</?SYS>>|\[/?INST\]|</?think(?:ing)?>",
    re.IGNORECASE,
)
_TAG: Final = re.compile(
    r"</?\s*(?i:passages?|notes|calculation)(?:\s[^<>]*)?>|</?(?:context|documents?|question|system|instructions?)>"
)
_ROLE: Final = re.compile(r"^(\s*)(system|assistant|human|user|developer)(\s*):", re.IGNORECASE | re.MULTILINE)
_MARK_FIRST: Final = re.compile(r"^(\s*)\[(\d{1,3})\](?=\s)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of the prompt; `number` is the position of its hit, from 1."""

    number: int
    source: str
    heading: str
    text: str


def harmless(text: str) -> str:
    """The text with the tokens of chat templates, our own tags, role names and leading marks defused; for prompts only."""
    text = _TEMPLATE_TOKEN.sub(lambda found: _blunt(found.group(0)), text)
    text = _TAG.sub(lambda found: _blunt(found.group(0)), text)
    text = _ROLE.sub(r"\1\2\3：", text)
    return _MARK_FIRST.sub(r"\1(\2)", text)


def passages_block(passages: Sequence[Passage]) -> str:
    """The passages between tags, numbered."""
    parts = [
        f'<passage n="{passage.number}" source="{_attribute(passage.source)}" heading="{_attribute(passage.heading)}">\n'
        f"{harmless(passage.text.strip())}\n</passage>"
        for passage in passages
    ]
    return "\n".join(("<passages>", *parts, "</passages>"))


def fit_sections(hits: Sequence[Hit], *, budget_tokens: int, count: Callable[[str], int]) -> tuple[Passage, ...]:
    """The sections of a whole document, in order: all of them if they fit, else the first sentences of each."""
    whole = fit_passages(hits, budget_tokens=budget_tokens, count=count)
    if len(whole) == len(hits) and (not hits or whole[-1].text == hits[-1].chunk.text):
        return whole
    share = max(MIN_PASSAGE_TOKENS, budget_tokens // len(hits) - 32)
    chosen: list[Passage] = []
    left = budget_tokens
    for number, hit in enumerate(hits, start=1):
        text = _first_sentences(hit.chunk.text, share, count, always_one=True)
        left -= count(text) + 32
        if left < 0 and chosen:
            break
        chosen.append(Passage(number, hit.source.name, hit.heading, text))
    return tuple(chosen)


def fit_passages(hits: Sequence[Hit], *, budget_tokens: int, count: Callable[[str], int]) -> tuple[Passage, ...]:
    """As many hits as the budget holds, best first; the last one is cut after a whole sentence.

    The first is always there, if need be as its first sentence alone.
    """
    chosen: list[Passage] = []
    left = budget_tokens
    for number, hit in enumerate(hits, start=1):
        cost = count(hit.chunk.text) + count(hit.source.name) + count(hit.heading) + 16
        if cost <= left:
            chosen.append(Passage(number, hit.source.name, hit.heading, hit.chunk.text))
            left -= cost
            continue
        room = left - (cost - count(hit.chunk.text))
        if room >= MIN_PASSAGE_TOKENS or not chosen:
            text = _first_sentences(hit.chunk.text, room, count, always_one=not chosen)
            if text:
                chosen.append(Passage(number, hit.source.name, hit.heading, text))
        break
    return tuple(chosen)


def approximate_tokens(text: str, count: Callable[[str], int]) -> int:
    """Tokens of an unknown model's vocabulary, rather too many than too few: the embedder's count, or a quarter of the
    ASCII characters and three quarters of the others, whichever is more."""
    ascii_chars = sum(char.isascii() for char in text)
    return max(count(text), (ascii_chars + 3 * (len(text) - ascii_chars)) // 4) + 1


def _first_sentences(text: str, room: int, count: Callable[[str], int], *, always_one: bool) -> str:
    end = 0
    for _, last in split_sentences(text):
        if count(text[:last]) > room and (end or not always_one):
            break
        end = last
        if count(text[:last]) > room:
            break
    return text[:end]


def _blunt(token: str) -> str:
    return token.translate(str.maketrans("<>[]|", "‹›⟦⟧¦"))


def _attribute(value: str) -> str:
    """A value inside quotes of a tag: on one line, without quotes and angle brackets."""
    return " ".join(harmless(value).split()).translate(str.maketrans('<>"', "‹›'"))
