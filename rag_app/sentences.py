"""Sentence boundaries in Korean and English text, as character spans of the text itself.

Two steps: the lines are grouped into blocks (a paragraph may be wrapped over lines; a heading, list item, table row or line
of code stands alone), then each block is cut behind the terminators that really end a sentence.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

_FENCE = re.compile(r"\s*(?:```|~~~)")
_ALONE = re.compile(r"\s*(?:#{1,6}\s|\||(?:[-*_=] ?){3,}$|</?[A-Za-z][^<>]*>$|\[\^?[^\]]+\]: )")
_STARTS = re.compile(
    r"\s*(?:[-*+•·▪◦‣○●■□▶◆※→–]\s|(?:\(?\d{1,3}[.)]|[가-하][.)]|\(?[A-Za-z][.)]|\([가-하]\)|[ivxIVX]{1,5}[.)])\s|[①-⑳⑴-⒇㉠-㉻]"
    r"|제\s?\d+(?:조|장|절|관|항|편)|:::|!!!)"
)
_QUOTED = re.compile(r"\s*>")
_KEYED = re.compile(r"\s*[^\s:.!?][^:.!?]{0,20}:\s")

_END = re.compile(
    r"(?P<mark>[.!?…。！？．]+)(?P<close>(?:[\"'”’»)\]}」』】〉》*_`~]|\[\d{1,3}\])*)(?=\s|$)"
    r"|(?<=[가-힣][다요죠까])[.?!](?:\[\d{1,3}\])*(?=[가-힣A-Z\"“‘'])"  # 하였다.그러나
    r"|[。！？]"
)
_KEPT_WHOLE = re.compile(
    r"“[^“”]{1,300}”|‘[^‘’]{1,200}’|(?<!\w)\"[^\"]{1,300}\"|「[^「」]{1,300}」|『[^『』]{1,300}』|\([^()]{1,200}\)|`[^`\n]{1,200}`"
)
_QUOTING = re.compile(r"\s*(?:이?라(?:고|며|면서|는|던|니|도)?|하고|하며|고|며|는|란|이란)(?=[\s,.])")
_TITLES = frozenset(
    "mr mrs ms dr prof st mt rev sen gov gen col capt lt sgt vs cf e.g i.e eg ie viz approx ca fig figs eq sec ch vol pp ed "
    "art jan feb mar apr jun jul aug sept sep oct nov dec resp incl".split()
)
_NUMBERED = frozenset("no nos p pp fig figs eq sec ch vol art".split())
_MAY_END = frozenset("etc inc ltd co corp jr sr al a.m p.m ph.d u.s u.k u.n e.u".split())
_OPENERS = frozenset(
    "the a an he she it they we i you this that these those his her its their our my in on at for with as if when while after "
    "before however but and so then there here what why how who where also some many most each all no not to by from".split()
)
_LAST_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.]*$")
_NEXT_WORD = re.compile(r"\s*[\"'“‘(\[*_]*([A-Za-z가-힣0-9]+)?")
_INITIALS = re.compile(r"[A-Za-z](?:\.[A-Za-z])*$")
_DATE = re.compile(r"\d{2,4}\. ?\d{1,2}\. ?\d{1,2}$")


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """The sentences' spans `(start, end)` in order, without surrounding white space; together they hold every visible character.

    Covers Korean endings with and without a space behind them, quotations (`"…다."라고` stays one), decimals, versions,
    abbreviations, dates, initials, list marks, file names, URLs, ellipses and the lines of Markdown.
    Does not cover: Korean without any final punctuation inside one paragraph.
    """
    spans: list[tuple[int, int]] = []
    for start, end, whole in _blocks(text):
        cuts = () if whole else _cuts(text[start:end])
        left = 0
        for right in (*cuts, end - start):
            piece = text[start + left : start + right]
            visible = piece.strip()
            if visible:
                first = start + left + len(piece) - len(piece.lstrip())
                spans.append((first, first + len(visible)))
            left = right
    return tuple(spans)


def _blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Spans of lines that belong together; the flag says that the block is one line never cut further (code, rule, table row)."""
    open_at: int | None = None
    position, fenced = 0, False
    last_quoted = last_keyed = False
    for line in text.split("\n"):
        start, end = position, position + len(line)
        position = end + 1
        head = line[:400]
        fence = _FENCE.match(head) is not None
        alone = fence or fenced or _ALONE.match(head) is not None
        quoted, keyed = _QUOTED.match(head) is not None, _KEYED.match(head) is not None
        breaks = (
            alone
            or not line.strip()
            or quoted != last_quoted
            or (keyed and last_keyed)
            or _STARTS.match(head) is not None
        )
        if breaks and open_at is not None:
            yield open_at, start, False
            open_at = None
        if alone:
            yield start, end, fence or fenced or not _ends_like_prose(line)
        elif open_at is None and line.strip():
            open_at = start
        fenced ^= fence
        last_quoted, last_keyed = quoted, keyed
    if open_at is not None:
        yield open_at, len(text), False


def _ends_like_prose(line: str) -> bool:
    return line.lstrip().startswith("#")


def _cuts(block: str) -> Iterator[int]:
    """Offsets in the block behind which a new sentence begins."""
    kept = [match.span() for match in _KEPT_WHOLE.finditer(block)]
    starts = [start for start, _ in kept]
    for match in _END.finditer(block):
        at = bisect_left(starts, match.end()) - 1
        if at >= 0 and kept[at][0] <= match.start() and match.end() < kept[at][1]:
            continue
        if match["mark"] is None or _ends_sentence(block, match):
            yield match.end()


def _ends_sentence(block: str, match: re.Match[str]) -> bool:
    mark, close, before = match["mark"], match["close"], block[max(0, match.start() - 24) : match.start()]
    after = block[match.end() : match.end() + 48]
    following = _NEXT_WORD.match(after)
    word = following[1] or "" if following else ""
    if not after.strip():
        return True
    if (
        close
        and any(char in "\"'”’」』" for char in close)
        and (_QUOTING.match(after) or (word[:1].islower() and word.isascii()))
    ):
        return False
    if mark[0] in "?!" or mark[-1] in "?!。！？":
        return True
    if len(mark) > 1 or mark == "…":
        return before[-1:] in tuple("다요죠까니네") or (word.lower() in _OPENERS and word[:1].isupper())
    if close:
        return not (word[:1].islower() and word.isascii())
    return _period_ends(before, word, at_line_start=_is_list_mark(block, match.start()))


def _is_list_mark(block: str, period: int) -> bool:
    line_start = block.rfind("\n", max(0, period - 12), period) + 1
    if line_start == 0 and period > 11:
        return False
    return re.fullmatch(r"[\s>]*(?:\d{1,3}|[가-하]|[A-Za-z]|[ivxIVX]{1,5})", block[line_start:period]) is not None


def _period_ends(before: str, word: str, *, at_line_start: bool) -> bool:
    """Whether a single period ends the sentence, from the word in front of it and the word behind it."""
    if at_line_start:
        return False
    last = _LAST_WORD.search(before)
    if last is None:
        return True
    token = last[0].lower()
    opens = word[:1].isupper() and word.lower() in _OPENERS
    if token in _NUMBERED and word[:1].isdigit():
        return False
    if token in _TITLES:
        return False
    if token in _MAY_END:
        return opens
    if _INITIALS.match(last[0]) and (len(token) == 1 or "." in token):
        return opens
    if _DATE.search(before):
        return opens
    if token.isdigit():
        return _number_ends(token, before[: last.start()], word, opens=opens)
    return True


def _number_ends(token: str, in_front: str, word: str, *, opens: bool) -> bool:
    if opens:
        return True
    if word[:1].isdigit() and len(token) <= 4:
        return False
    return not (len(token) <= 2 and (not in_front or in_front[-1].isspace()))
