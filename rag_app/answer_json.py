"""Answers <-> JSON, as they are stored: every field is checked on the way in, and reading runs no code.

Keys that a newer program added are ignored, keys that an older one did not write take their default.
"""

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, get_args, get_origin, get_type_hints

from rag_app.answer import Answer

FORMAT = 1


def answer_to_json(answer: Answer) -> str:
    """The answer as one line of JSON; lone surrogates, which no database takes, become `?`."""
    return json.dumps({"format": FORMAT, "answer": _plain(answer)}, ensure_ascii=False, separators=(",", ":"))


def answer_from_json(text: str) -> Answer:
    """The answer that was stored.

    Raises:
        ValueError: the text is no JSON, of another format, or a field is missing or of a wrong type; the message names it.
    """
    try:
        stored = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"a stored answer is no JSON ({type(error).__name__})") from error
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise ValueError(f"a stored answer is not of format {FORMAT}")
    answer = _parsed(Answer, stored.get("answer"), "answer")
    assert isinstance(answer, Answer)
    return answer


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value not in (float("inf"), float("-inf")) and value == value:
        return float(value)
    if isinstance(value, bool | int) or value is None:
        return value
    return 0.0 if isinstance(value, float) else str(value)


@cache
def _hints(kind: type) -> Mapping[str, object]:
    return MappingProxyType(get_type_hints(kind))


def _parsed(hint: object, value: object, where: str) -> object:
    """`value` as the type that `hint` asks for; covers the types that answer.py uses, and no others."""
    origin = get_origin(hint)
    if origin is Literal:
        return _checked(value in get_args(hint), value, where)
    if origin is tuple:
        _checked(isinstance(value, list), value, where)
        assert isinstance(value, list)
        return tuple(_parsed(get_args(hint)[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if origin is Mapping:
        _checked(isinstance(value, dict), value, where)
        assert isinstance(value, dict)
        return {str(key): _parsed(get_args(hint)[1], item, f"{where}.{key}") for key, item in value.items()}
    if hint is float:
        _checked(isinstance(value, int | float) and not isinstance(value, bool), value, where)
        assert isinstance(value, int | float)
        return float(value)
    if hint is int:
        return _checked(isinstance(value, int) and not isinstance(value, bool), value, where)
    if hint is str or hint is bool:
        return _checked(isinstance(value, str if hint is str else bool), value, where)
    assert isinstance(hint, type), hint
    assert dataclasses.is_dataclass(hint), hint
    _checked(isinstance(value, dict), value, where)
    assert isinstance(value, dict)
    hints = _hints(hint)
    fields = {
        field.name: _parsed(hints[field.name], value[field.name], f"{where}.{field.name}")
        for field in dataclasses.fields(hint)
        if field.name in value
    }
    try:
        return hint(**fields)
    except TypeError as error:
        raise ValueError(f"a stored answer lacks a field of {where}") from error


def _checked(holds: bool, value: object, where: str) -> object:
    if not holds:
        raise ValueError(f"a stored answer holds {type(value).__name__} in {where}")
    return value
