"""The YAML block at the top of a note: where it ends and what it states, as plain strings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from rag_app.cleaning import clean_text

MAX_CHARS = 16_384
MAX_DEPTH = 12
MAX_KEYS = 50
MAX_VALUE_CHARS = 500

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"[^\W\d_][\w .-]{0,59}\Z")
_SIMPLE_LINE = re.compile(r"([^\W\d_][\w .-]{0,59}):[ \t]+(\S.*)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`end` is the offset behind the block, 0 when there is none."""

    end: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_front_matter(text: str) -> FrontMatter:
    """What a clean text states of itself in its first lines.

    Only strings come out: numbers and dates as they are written, lists joined with commas, everything nested dropped. No tag
    makes an object, an alias is refused, size and depth are limited.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return FrontMatter(0)
    closing = _CLOSING.search(text, opening.end(), opening.end() + MAX_CHARS)
    if closing is None:
        return FrontMatter(0)
    body = text[opening.end() : closing.start()]
    end = min(closing.end() + 1, len(text))
    try:
        stated: object = yaml.load(body, Loader=_StringLoader)  # noqa: S506 -- BaseLoader makes strings only
    except (yaml.YAMLError, ValueError):
        simple = _simple_lines(body)
        if not simple:
            return FrontMatter(0)
        return FrontMatter(end, simple, ("the front matter is not valid YAML; only its plain lines were read",))
    if stated is None and not body.strip():
        return FrontMatter(end)
    return FrontMatter(end, _strings(stated)) if isinstance(stated, dict) else FrontMatter(0)


class _StringLoader(yaml.BaseLoader):
    """Every scalar is the string that stands there; no aliases, no depths."""

    depth = 0

    def compose_node(self, parent: yaml.nodes.Node | None, index: int) -> yaml.nodes.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are refused")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.YAMLError("nested too deeply")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _strings(stated: Mapping[object, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in stated.items():
        flat = _flat(value)
        if isinstance(key, str) and _KEY.match(key) and flat and len(found) < MAX_KEYS:
            found[key] = flat
    return found


def _flat(value: object) -> str:
    if isinstance(value, str):
        return " ".join(clean_text(value).split())[:MAX_VALUE_CHARS]
    if isinstance(value, list):
        return ", ".join(item for item in map(_flat, (v for v in value if isinstance(v, str))) if item)[
            :MAX_VALUE_CHARS
        ]
    return ""


def _simple_lines(body: str) -> dict[str, str]:
    pairs = (match.groups() for line in body.split("\n") if (match := _SIMPLE_LINE.match(line)))
    return _strings({key: value.strip("\"' ") for key, value in pairs})
