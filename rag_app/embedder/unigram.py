"""The Unigram vocabulary of a tokenizer as a sentencepiece model: `pieces` cuts plain words with it."""

import json

from sentencepiece import SentencePieceProcessor
from tokenizers import Tokenizer

from rag_app.embedder.pieces import SEPARATORS


def sentencepiece_model(tokenizer: Tokenizer) -> bytes:
    """The tokenizer's pieces with their ids and scores; behind them one piece for each separator that is none of them.

    Text is taken as it is: nothing is normalised, no white space is added, taken away or replaced.
    """
    from sentencepiece.sentencepiece_model_pb2 import ModelProto  # type: ignore[attr-defined]  # made at import

    vocabulary = json.loads(tokenizer.to_str())["model"]
    model = ModelProto()
    for at, (piece, score) in enumerate(vocabulary["vocab"]):
        kind = ModelProto.SentencePiece.UNKNOWN if at == vocabulary["unk_id"] else ModelProto.SentencePiece.NORMAL
        model.pieces.add(piece=piece, score=score, type=kind)
    known = {piece for piece, _ in vocabulary["vocab"]}
    for sign in SEPARATORS:
        if sign not in known:
            model.pieces.add(piece=sign, score=0, type=ModelProto.SentencePiece.NORMAL)
    spec = model.trainer_spec
    spec.model_type, spec.unk_id, spec.bos_id, spec.eos_id, spec.pad_id = spec.UNIGRAM, vocabulary["unk_id"], -1, -1, -1
    spec.unk_piece = vocabulary["vocab"][vocabulary["unk_id"]][0]
    rules = model.normalizer_spec
    rules.name, rules.add_dummy_prefix, rules.remove_extra_whitespaces, rules.escape_whitespaces = (
        "identity",
        False,
        False,
        False,
    )
    return bytes(model.SerializeToString())


def count_pieces(model: SentencePieceProcessor) -> int:
    """How many pieces the tokenizer has that the model was made of; behind them stands the space, which is none of them."""
    return int(model.piece_to_id(" "))


def read_sentencepiece(model: bytes) -> SentencePieceProcessor:
    """A processor for the bytes of `sentencepiece_model`.

    Raises:
        ValueError: they are no such model.
    """
    try:
        return SentencePieceProcessor(model_proto=model)
    except (RuntimeError, OSError) as error:
        raise ValueError(f"no sentencepiece model: {error}") from error
