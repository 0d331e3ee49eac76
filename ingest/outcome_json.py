"""An outcome as bytes and back, for the pipe between the run and the process that reads ahead of it."""

import json
import struct
from dataclasses import astuple
from typing import IO

from ingest.chunking import Piece
from ingest.cutting import Outcome
from ingest.reader import ReadSource
from ingest.sandbox import MAX_REPLY_BYTES
from ingest.source_json import error_named, source_from_json, source_to_json
from rag_app.errors import SourceError

_LENGTHS = struct.Struct("<QQ")


def outcome_to_bytes(outcome: Outcome) -> bytes:
    """The outcome in UTF-8 JSON, the source apart, behind the lengths of both."""
    read = outcome.read
    stated: dict[str, object] = {"took": [outcome.read_s, outcome.cut_s, outcome.embed_s, outcome.embedded]}
    if isinstance(read, SourceError):
        source = b""
        stated["error"] = [type(read).__name__, str(read)]
    else:
        source = source_to_json(read.source)
        stated["file"] = [read.digest, read.reason, read.needs_ocr]
        stated["pieces"] = [astuple(piece) for piece in outcome.pieces]
    head = json.dumps(stated).encode()
    return _LENGTHS.pack(len(head), len(source)) + head + source


def read_outcome(pipe: IO[bytes]) -> bytes:
    """The bytes of the next outcome.

    Raises:
        EOFError: none comes any more, or not the whole of it.
        ValueError: what comes is none.
    """
    lengths = pipe.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        raise EOFError
    size = sum(_LENGTHS.unpack(lengths))
    if size > MAX_REPLY_BYTES:
        raise ValueError("it is too long for an outcome")
    body = pipe.read(size)
    if len(body) < size:
        raise EOFError
    return lengths + body


def outcome_from_bytes(data: bytes) -> Outcome:
    """The outcome that `outcome_to_bytes` wrote down.

    Raises:
        ValueError: these bytes are none.
    """
    try:
        head_size, _ = _LENGTHS.unpack_from(data)
        head_end = _LENGTHS.size + head_size
        stated = json.loads(data[_LENGTHS.size : head_end])
        took = stated["took"]
        if "error" in stated:
            return Outcome(error_named(*stated["error"]), (), *took)
        digest, reason, needs_ocr = stated["file"]
        pieces = tuple(Piece(tuple(path), *places) for path, *places in stated["pieces"])
    except (struct.error, KeyError, TypeError) as error:
        raise ValueError(f"a field is missing or of another kind ({error})") from error
    return Outcome(ReadSource(digest, source_from_json(data[head_end:]), reason, needs_ocr), pieces, *took)
