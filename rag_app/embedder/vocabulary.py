"""The tokenizer: word counts -> a Unigram vocabulary of Hangul and Latin pieces.

Words are cut where the script changes ("RAG가" -> "rag", "가") and at punctuation, which is dropped; so Hangul and Latin
pieces never compete, and their halves are made apart. Hangul words are first cut behind the stem ("서버에서는" -> "서버",
"에서는"), so that a noun is the same piece whatever particle follows. Never NFD: it would cut Hangul into jamo.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from rag_app.language import Terms

UNKNOWN = "[UNK]"
FIRST_SYLLABLE, LAST_SYLLABLE = "가", "힣"
LONGEST_HANGUL, LONGEST_LATIN = 10, 20
TEACHER_WORD_SCORE = -4.0
"""Log probability of the teacher's commonest words before their rank: a guess that leaves frequent pieces ahead."""
RAREST_SCORE = -16.0


@dataclass(frozen=True, slots=True)
class VocabularySizes:
    """How many pieces of which kind; a word that occurs `hangul_minimum` (`latin_minimum`) times is a piece of its own."""

    hangul_pieces: int = 16_000
    latin_pieces: int = 16_000
    hangul_minimum: float = 4
    latin_minimum: float = 10


def count_words(texts: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The words of the texts as the tokenizer cuts them, each text counted with its weight."""
    rough: defaultdict[str, float] = defaultdict(float)
    for text, weight in texts:
        for word in text.split():
            rough[word] += weight
    bare = bare_tokenizer()
    counts: defaultdict[str, float] = defaultdict(float)
    for word, number in rough.items():
        for piece, _ in bare.pre_tokenizer.pre_tokenize_str(bare.normalizer.normalize_str(word)):
            counts[piece] += number
    return dict(counts)


def build_tokenizer(counts: Mapping[str, float], teacher_pieces: Sequence[str], sizes: VocabularySizes) -> Tokenizer:
    """A tokenizer whose vocabulary comes from word counts and from the teacher's word list (commonest first, "##" for tails).

    It also holds the 2,350 syllables of KS X 1001 and printable ASCII, so hardly any text is unknown.
    """
    hangul = cut_stems({word: n for word, n in counts.items() if is_hangul(word)})
    latin = {word: n for word, n in counts.items() if not is_hangul(word)}
    scores = _half(hangul, sizes.hangul_pieces, sizes.hangul_minimum, LONGEST_HANGUL)
    scores |= _half(latin, sizes.latin_pieces, sizes.latin_minimum, LONGEST_LATIN)
    floor = min(scores.values())
    total = sum(latin.values())
    plain = [piece for piece in teacher_pieces if piece.isascii() and piece.isalpha() and len(piece) > 2]
    for rank, word in enumerate(plain):
        seen = math.log((latin.get(word, 0) + 0.1) / total)
        scores.setdefault(word, max(TEACHER_WORD_SCORE - math.log(rank + 1_000), seen, RAREST_SCORE))
    for piece in teacher_pieces:
        tail = piece.removeprefix("##")
        if len(tail) > 1 and tail.isascii() and tail.isalpha():
            scores.setdefault(tail, -14.0 if len(tail) > 2 else -12.0)
    for sign in (*_syllables(), *(chr(code).lower() for code in range(33, 127))):
        scores.setdefault(sign, floor - 2)
    tokenizer = bare_tokenizer()
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    tokenizer.model = models.Unigram([(UNKNOWN, 0.0), *ranked], unk_id=0, byte_fallback=False)
    return tokenizer


def bare_tokenizer() -> Tokenizer:
    """Normaliser and word cutter without a vocabulary."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("removed"), pre_tokenizers.UnicodeScripts()]
    )
    return tokenizer


def is_hangul(word: str) -> bool:
    """True when the word starts with a Hangul syllable."""
    return FIRST_SYLLABLE <= word[0] <= LAST_SYLLABLE


def cut_stems(counts: Mapping[str, float]) -> dict[str, float]:
    """Hangul words cut in two behind their stem, with the counts of the parts.

    The stem is the longest lexical term that the word begins with; a verb's term counts without its dictionary ending
    ("뒤집다" cuts "뒤집을" into "뒤집", "을"). Words whose stem changes its form stay whole.
    """
    parts: defaultdict[str, float] = defaultdict(float)
    for (word, number), terms in zip(counts.items(), Terms().of_texts(list(counts)), strict=True):
        stems = [stem for term in terms for stem in (term, term.removesuffix("다")) if stem and word.startswith(stem)]
        stem = max(map(len, stems), default=len(word))
        parts[word[:stem]] += number
        if stem < len(word):
            parts[word[stem:]] += number
    return dict(parts)


def _half(counts: Mapping[str, float], pieces: int, minimum: float, longest: int) -> dict[str, float]:
    """Log probabilities of one script's pieces: those a Unigram trainer finds, and every frequent word as a whole."""
    scores = _train(counts, pieces)
    total = sum(counts.values())
    for word, number in counts.items():
        if number >= minimum and len(word) <= longest and word.isalpha():
            scores[word] = max(scores.get(word, -99.0), math.log(number / total))
    return scores


def _train(counts: Mapping[str, float], pieces: int) -> dict[str, float]:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.UnigramTrainer(
        vocab_size=pieces, unk_token=UNKNOWN, special_tokens=[UNKNOWN], show_progress=False, max_piece_length=12
    )
    lines = (" ".join([word] * min(int(number), 1_000)) for word, number in sorted(counts.items()) if number >= 2)
    tokenizer.train_from_iterator(lines, trainer)
    found = json.loads(tokenizer.to_str())["model"]["vocab"]
    return {piece: float(score) for piece, score in found if piece != UNKNOWN}


def _syllables() -> list[str]:
    """The 2,350 syllables of KS X 1001, the ones that Korean text uses."""
    found = []
    for code in range(ord(FIRST_SYLLABLE), ord(LAST_SYLLABLE) + 1):
        try:
            chr(code).encode("euc-kr")
        except UnicodeEncodeError:
            continue
        found.append(chr(code))
    return found
