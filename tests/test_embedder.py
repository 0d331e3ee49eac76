"""The shipped embedder: the table look-up, the files it reads, and the parts of the recipe that made them."""

import gzip
import json
import shutil
import string
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer, models

from rag_app.embedder.data import FILES, Pair, is_english, read_pairs
from rag_app.embedder.export import file_sha256, model_digest, quantise, write_model
from rag_app.embedder.initial import starting_table
from rag_app.embedder.measured import MeasuredTexts, read_measured, without_measured
from rag_app.embedder.pieces import PART_CHARS, Pieces
from rag_app.embedder.settle import even_directions
from rag_app.embedder.static import SHIPPED, StaticEmbedder, load_static
from rag_app.embedder.teacher import embed_english, in_sample_order
from rag_app.embedder.unigram import read_sentencepiece, sentencepiece_model
from rag_app.embedder.vocabulary import VocabularySizes, bare_tokenizer, build_tokenizer, count_words, cut_stems
from rag_app.errors import EmbeddingFault

TEXTS = (
    "연차 휴가는 며칠 전에 신청해야 하나요?",
    "Gradient descent follows the slope of the loss downhill.",
    "RAG가 뭐예요? `st.session_state`를 v0.27.0에서 어떻게 쓰나요?",
    "경사하강법은 손실 함수의 기울기를 따라 내려간다. " * 40,
    "비밀번호",
)


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return load_static()


def tiny_tokenizer(*pieces: str) -> Tokenizer:
    tokenizer = bare_tokenizer()
    tokenizer.model = models.Unigram([("[UNK]", 0.0), *((piece, -1.0) for piece in pieces)], unk_id=0)
    return tokenizer


def tiny_pieces(*pieces: str, remembered_words: int = 100) -> Pieces:
    tokenizer = tiny_tokenizer(*pieces)
    plain = read_sentencepiece(sentencepiece_model(tokenizer))
    return Pieces(plain, lambda: tokenizer, remembered_words=remembered_words)


def similarity(embedder: StaticEmbedder, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
    return embedder.embed_passages(passages) @ embedder.embed_questions([question])[0]


def test_vectors_are_unit_rows_in_the_order_of_the_texts(embedder: StaticEmbedder) -> None:
    together = embedder.embed_passages(TEXTS)
    assert together.shape == (len(TEXTS), embedder.dimension)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, row in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(embedder.embed_passages([text])[0], row, atol=1e-6)


def test_no_texts_give_no_rows(embedder: StaticEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_texts_without_a_known_token_share_one_unit_vector(embedder: StaticEmbedder) -> None:
    empty, blank, marks, real = embedder.embed_passages(["", " \n\t", "?!… ---", "서버"])
    assert np.linalg.norm(empty) == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(empty, blank)
    np.testing.assert_array_equal(empty, marks)
    assert not np.allclose(empty, real)


def test_letters_may_be_decomposed_wide_or_capital(embedder: StaticEmbedder) -> None:
    plain, nfd, wide = embedder.embed_passages(
        ["한국어 gpu 서버", unicodedata.normalize("NFD", "한국어 gpu 서버"), "한국어 ＧＰＵ 서버"]
    )
    np.testing.assert_allclose(plain, nfd, atol=1e-6)
    np.testing.assert_allclose(plain, wide, atol=1e-6)


def test_a_lone_surrogate_is_no_obstacle(embedder: StaticEmbedder) -> None:
    broken, clean = embedder.embed_passages(["서버 \ud800 설정", "서버 설정"])
    np.testing.assert_allclose(broken, clean, atol=0.2)


def test_a_long_line_is_the_sum_of_its_pieces(embedder: StaticEmbedder) -> None:
    """Longer than a piece and than a block; repeating a text changes no direction."""
    short, long = embedder.embed_passages(["서버 설정을 바꾼다", "서버 설정을 바꾼다 " * 20_000])
    np.testing.assert_allclose(short, long, atol=1e-4)
    assert embedder.count_tokens("서버 설정을 바꾼다 " * 20_000) == 20_000 * embedder.count_tokens("서버 설정을 바꾼다")


def test_a_run_without_spaces_is_read_to_its_end(embedder: StaticEmbedder) -> None:
    tokens = embedder.count_tokens("가나다라" * 100_000)
    assert 100_000 <= tokens <= 400_000


WORDS = [
    *"서버에서는 뷁쀍 Gradient iPhone RAG가 v0.27.0 café Straße İstanbul ΣΑΣ ｗｉｄｅ 漢字 ㅋㅋ ①번 🪵 뷁,쀍a뷁".split(),
    *(f"{mark}{word}{mark}{mark}" for mark in string.punctuation for word in ("서버", "Server")),
    *(f"서버{mark}Server{mark}3" for mark in "“”‘’·…「」『』《》〈〉‹›–—"),
    *("<\u0338server", "server\u0301", "가\u11a8", "-", "…서버…", "2024년", "3.14%", "st.session_state"),
    *("‘경사(傾斜)’", "API·SDK를", "1/2", "서\x00버", "A" * 300, "가나다" * 100, "é" * 600),
]


def test_every_word_gets_the_pieces_that_the_whole_tokenizer_gives() -> None:
    """Plain words take a short way past the normaliser; marks, capitals, other scripts and rare syllables must not show it."""
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    pieces = Pieces(read_sentencepiece((SHIPPED / "sentencepiece.model").read_bytes()), lambda: tokenizer)

    def of_text(text: str) -> list[int]:
        return [piece for part in pieces.of_text(text) for piece in part.tolist()]

    def expected(word: str) -> list[int]:
        parts = [word[at : at + 256] for at in range(0, len(word), 256)]
        return [piece for part in parts for piece in tokenizer.encode(part, add_special_tokens=False).ids]

    for word in WORDS:
        assert sorted(of_text(word)) == sorted(expected(word)), word
    together = [" ".join(WORDS), "\n\t ".join(WORDS), "\u3000\u00a0\x0b".join(WORDS)]
    for text in together:
        assert sorted(of_text(text)) == sorted(piece for word in WORDS for piece in expected(word))
    before = [of_text(text) for text in (*WORDS, *together)]
    assert [pieces.count(text) for text in (*WORDS, *together)] == [len(ids) for ids in before]
    assert [of_text(text) for text in (*WORDS, *together)] == before, "what counting remembers changes no pieces"


def test_a_text_of_many_parts_has_the_pieces_of_all() -> None:
    pieces = tiny_pieces("낮", "밤")
    day = "낮 " * (PART_CHARS // 2 - 1)
    parts = list(pieces.of_text(day + "밤밤\n" + day))
    assert len(parts) == 3
    assert np.bincount(np.concatenate(parts)).tolist() == [0, PART_CHARS - 2, 2]


def test_a_full_memory_of_words_changes_no_pieces() -> None:
    pieces = [chr(ord("α") + n) for n in range(20)]
    text = " ".join(pieces * 3)
    for most in (2, 100):
        counting = tiny_pieces(*pieces, remembered_words=most)
        assert [counting.count(text), counting.count("α ω"), counting.count(text)] == [60, 2, 60]
        assert np.concatenate(list(counting.of_text(text))).tolist() == list(range(1, 21)) * 3


def test_the_two_vocabularies_of_the_shipped_folder_are_one() -> None:
    """`sentencepiece.model` says again what tokenizer.json says: written from it, byte for byte."""
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    assert (SHIPPED / "sentencepiece.model").read_bytes() == sentencepiece_model(tokenizer)


def test_no_piece_reaches_from_one_script_into_another_or_over_a_mark() -> None:
    """What cutting all words of a text in one call rests on."""
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    longer = [piece for piece in tokenizer.get_vocab() if len(piece) > 1 and piece != "[UNK]"]
    assert [piece for piece in longer if len(tokenizer.pre_tokenizer.pre_tokenize_str(piece)) != 1] == []


def test_vectors_are_the_mean_of_the_token_rows() -> None:
    """By hand: two tokens with rows (2, 0) and (0, 2) point halfway between them."""
    rows, scales = quantise(np.array([[9, 9], [2, 0], [0, 2]], dtype=np.float32))
    embedder = StaticEmbedder(name="t", digest="t", pieces=tiny_pieces("낮", "밤"), table=rows, scales=scales)
    np.testing.assert_allclose(
        embedder.embed_passages(["낮, 밤!", "밤밤", "낮 낮 낮 밤"]),
        [[0.5**0.5, 0.5**0.5], [0, 1], [0.9**0.5, 0.1**0.5]],
        atol=1e-6,
    )


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("연차 휴가는 어떻게 신청하나요?", "Employees request annual leave.", "The server restarts after a crash."),
        ("How do I reset my password?", "비밀번호를 재설정하는 방법", "점심 식사 비용을 청구하는 방법"),
        ("경사하강법", "gradient descent", "database index"),
        ("파이썬에서 파일 읽기", "Reading files in Python", "Weather in Seoul"),
        ("비가 올까?", "오늘 날씨는 흐리고 비가 옵니다.", "회의록을 서버에 저장합니다."),
        ("고양이가 자고 있다", "A cat is sleeping.", "The president gave a speech."),
    ],
)
def test_meaning_crosses_the_languages(embedder: StaticEmbedder, question: str, right: str, wrong: str) -> None:
    good, bad = similarity(embedder, question, [right, wrong])
    assert good > bad + 0.1


def test_hangul_words_are_not_taken_apart(embedder: StaticEmbedder) -> None:
    assert embedder.count_tokens("서버에서 데이터베이스를 설정합니다.") <= 7
    assert embedder.count_tokens("서버에서") == embedder.count_tokens(unicodedata.normalize("NFD", "서버에서"))


def test_the_digest_is_the_truth_about_the_files(embedder: StaticEmbedder) -> None:
    manifest = json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))
    files = ("model.safetensors", "tokenizer.json", "sentencepiece.model")
    assert manifest["sha256"] == {name: file_sha256(SHIPPED / name) for name in files}
    assert embedder.digest == manifest["digest"] == model_digest(SHIPPED)
    assert embedder.name.startswith("seodang-static-ko-en-")


def test_the_card_names_the_weights_and_their_sources() -> None:
    card = (SHIPPED / "README.md").read_text(encoding="utf-8")
    for name in ("model.safetensors", "tokenizer.json", "sentencepiece.model"):
        assert file_sha256(SHIPPED / name) in card, name
    assert json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))["digest"] in card
    for source in ("Python", "TensorFlow", "PowerShell", "NTREX-128", "KorSTS", "Chatbot_data", "all-MiniLM-L6-v2"):
        assert source in card, source


def test_the_model_stays_within_forty_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) <= 40_000_000


def test_running_it_loads_no_torch() -> None:
    code = (
        "import sys; from rag_app.embedder.static import load_static; load_static().embed_passages(['안녕']);"
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'scipy', 'kiwipiepy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_sentence_transformers_gives_the_same_vectors(embedder: StaticEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(SHIPPED), device="cpu", local_files_only=True)
    theirs = model.encode(list(TEXTS), show_progress_bar=False)
    np.testing.assert_allclose(embedder.embed_passages(TEXTS), theirs, atol=1e-4)


def test_a_missing_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingFault, match=r"manifest\.json.*Reinstall"):
        load_static(tmp_path)


def test_a_tokenizer_that_the_table_was_not_written_with_is_refused(tmp_path: Path) -> None:
    write_model(tmp_path, np.eye(3, 2, dtype=np.float32), tiny_tokenizer("낮", "밤"), version="t")
    tokenizer = tiny_tokenizer("낮", "밤", "새벽")
    (tmp_path / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    with pytest.raises(EmbeddingFault, match="does not fit its manifest"):
        load_static(tmp_path)


def test_a_table_that_does_not_fit_its_vocabulary_is_refused(tmp_path: Path) -> None:
    write_model(tmp_path, np.eye(4, 2, dtype=np.float32), tiny_tokenizer("낮", "밤"), version="t")
    with pytest.raises(EmbeddingFault, match="a vocabulary of 3 pieces, expected 4 x 2"):
        load_static(tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "sentencepiece.model", "manifest.json"])
def test_a_cut_file_is_refused(tmp_path: Path, name: str) -> None:
    write_model(tmp_path, np.eye(3, 2, dtype=np.float32), tiny_tokenizer("낮", "밤"), version="t")
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) - 8])
    with pytest.raises(EmbeddingFault, match="Reinstall"):
        load_static(tmp_path)


def test_a_written_model_is_read_back(tmp_path: Path) -> None:
    digest = write_model(tmp_path, np.array([[0, 0], [3, 0], [0, 0.1]]), tiny_tokenizer("낮", "밤"), version="7")
    embedder = load_static(tmp_path)
    assert (embedder.name, embedder.digest, embedder.dimension) == ("seodang-static-ko-en-7", digest, 2)
    np.testing.assert_allclose(embedder.embed_questions(["낮", "밤"]), [[1, 0], [0, 1]], atol=1e-6)
    assert not list(tmp_path.glob("*.new"))


def test_eight_bits_lose_less_than_a_hundredth_of_a_row() -> None:
    table = np.random.default_rng(1).standard_normal((50, 64)).astype(np.float32)
    rows, scales = quantise(table)
    error = np.linalg.norm(rows * scales[:, None] - table, axis=1) / np.linalg.norm(table, axis=1)
    assert rows.dtype == np.int8
    assert error.max() < 0.01


def write_training_folder(folder: Path, rows: dict[str, list[dict[str, str]]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, _ in FILES:
        with gzip.open(folder / name, "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows.get(name, []))


def test_aligned_paragraphs_give_their_sentences_too(tmp_path: Path) -> None:
    row = {"a": "서버를 껐습니다. 다시 켰습니다.", "b": "The server went down. It came up again."}
    write_training_folder(tmp_path / "train", {"parallel-ko-en.jsonl.gz": [row, row]})
    assert [(pair.left, pair.right, pair.kind) for pair in read_pairs(tmp_path)] == [
        (row["a"], row["b"], "parallel"),
        ("서버를 껐습니다.", "The server went down.", "parallel_sentence"),
        ("다시 켰습니다.", "It came up again.", "parallel_sentence"),
    ]


def test_the_recipe_never_opens_the_dev_sets(tmp_path: Path) -> None:
    write_training_folder(tmp_path / "train", {"news-ko-en.jsonl.gz": [{"a": "비가 온다", "b": "It rains"}]})
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev").chmod(0)
    assert [pair.kind for pair in read_pairs(tmp_path)] == ["news"]


def test_a_missing_training_file_stops_the_recipe(tmp_path: Path) -> None:
    write_training_folder(tmp_path, {})
    (tmp_path / FILES[2][0]).unlink()
    with pytest.raises(FileNotFoundError, match=FILES[2][0]):
        read_pairs(tmp_path)


MEASURED = "경사하강법은 손실 함수의 기울기를 따라 가장 가파른 쪽으로 조금씩 내려가며 값을 줄이는 방법이다."


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (MEASURED, True),
        ("앞말이 붙고 " + MEASURED[5:45] + " 뒷말도 붙는다", True),
        (MEASURED[5:44], False),
        ("앞말이 붙고 " + "\n\t".join(MEASURED[5:46].split(" ")), True),
        (unicodedata.normalize("NFD", MEASURED), True),
        ("행동 강령", True),
        (" 행동\n강령 ", True),
        ("행동 강령을 읽습니다", False),
        ("HOW DO I RESET MY PASSWORD ON THE SERVER, AND WHO CAN HELP?", True),
        ("", False),
    ],
)
def test_a_training_text_that_stands_in_a_measured_set_is_found(text: str, held: bool) -> None:
    """Forty characters in a row, or the whole of a short text; thirty-nine are allowed."""
    measured = MeasuredTexts([MEASURED, "행동 강령", "How do I reset my password on the server, and who can help me?"])
    assert measured.hold(["무관한 글", text, "another text"]).tolist() == [False, held, False]


def test_a_run_never_reaches_from_one_text_into_the_next() -> None:
    measured = MeasuredTexts([MEASURED])
    assert not measured.hold([MEASURED[:30], MEASURED[30:]]).any()
    halves = MeasuredTexts([MEASURED[:30] + " 하나", MEASURED[30:] + " 둘"])
    assert not halves.hold([MEASURED]).any()


def test_every_text_of_the_measured_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    for name, row in {
        "set/queries": {"_id": "첫째", "text": "질문"},
        "set/corpus": {"_id": "둘째", "title": "제목", "text": "본문"},
        "pairs": {"a": "왼쪽", "b": "오른쪽", "score": 3.0},
    }.items():
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    texts = ["질문", "제목", "본문", "왼쪽", "오른쪽", "첫째", "3.0"]
    assert read_measured(tmp_path).hold(texts).tolist() == [True] * 5 + [False] * 2


def test_a_folder_without_measured_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="measured sets"):
        read_measured(tmp_path)


def test_pairs_with_a_measured_text_on_either_side_are_dropped() -> None:
    texts = [("비가 온다", "It rains"), ("해가 뜬다", "The sun rises"), ("눈이 온다", "It snows")]
    pairs = [Pair(korean, english, "news") for korean, english in texts]
    assert without_measured(pairs, MeasuredTexts(["It rains", "눈이 온다"])) == (pairs[1],)


def test_the_teacher_reads_a_text_only_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run with other texts beside the old ones reads the new ones only, and keeps the order asked for."""
    read: list[str] = []

    class Counting:
        def __init__(self, folder: Path) -> None:
            assert folder == tmp_path / "teacher"

        def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
            read.extend(texts)
            return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    monkeypatch.setattr("rag_app.embedder.teacher._Reader", Counting)
    first = embed_english(["a", "bbb", "a"], tmp_path / "teacher", tmp_path / "cache")
    second = embed_english(["cc", "bbb", "a"], tmp_path / "teacher", tmp_path / "cache")
    assert read == ["a", "bbb", "cc"]
    assert (first[:, 0].tolist(), second[:, 0].tolist()) == ([1, 3, 1], [2, 3, 1])
    assert not list((tmp_path / "cache").glob("*.new"))


def test_the_teachers_sample_grows_without_changing() -> None:
    words = [f"word {n}" for n in range(50)]
    order = in_sample_order(words)
    assert sorted(order) == sorted(words) != order
    assert [word for word in order if word in words[:25]] == in_sample_order(words[:25])


def test_the_teacher_is_given_english_only() -> None:
    assert is_english("The word 김 appears once in this rather long English sentence about food and its long history.")
    assert not is_english("서버 restart")


def test_words_are_cut_where_the_script_changes() -> None:
    counts = count_words([("RAG가 Python으로, RAG!", 1.0)])
    assert counts == {"rag": 2, "가": 1, "python": 1, "으로": 1}


def test_stems_stand_alone_before_particles_and_endings() -> None:
    assert cut_stems({"서버에서는": 2, "서버를": 1, "뒤집을": 1}) == {
        "서버": 3,
        "에서는": 2,
        "를": 1,
        "뒤집": 1,
        "을": 1,
    }


def test_the_vocabulary_knows_every_common_syllable_and_letter() -> None:
    counts = count_words([("서버에서 파이썬을 배운다 the server runs python " * 20, 1.0)])
    tokenizer = build_tokenizer(counts, ["the", "elephant", "##ing"], VocabularySizes(200, 200, 2, 2))
    encoded = tokenizer.encode("서버에서는 뷁 elephants", add_special_tokens=False)
    assert "[UNK]" not in encoded.tokens
    assert encoded.tokens[0] == "서버"
    assert "elephant" in encoded.tokens


def test_a_piece_starts_near_what_it_means_and_rare_pieces_count_most() -> None:
    meanings = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]], dtype=np.float32)
    table = starting_table(np.array([10_000, 10, 10]), np.arange(3), meanings, dimension=4, seed=1)
    lengths = np.linalg.norm(table, axis=1)
    assert lengths[0] < lengths[1] / 10
    again = starting_table(np.array([10_000, 10, 10]), np.arange(3), meanings, dimension=4, seed=1)
    np.testing.assert_array_equal(table, again)


def test_a_direction_that_all_texts_share_counts_for_less_afterwards() -> None:
    """Every row leans along the first axis; after evening out, texts of different words are further apart."""
    rng = np.random.default_rng(3)
    table = rng.standard_normal((200, 8)).astype(np.float32)
    table[:, 0] += 3
    ids = rng.integers(0, 200, 3_000).astype(np.int32)
    offsets = np.concatenate([[0, 0], np.arange(1, 1_001) * 3]).astype(np.int64)
    even = even_directions(table, ids, offsets, seed=1)

    def closeness(rows: NDArray[np.float32]) -> float:
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return float((unit @ unit.T)[np.triu_indices(200, 1)].mean())

    assert even.shape == table.shape
    assert even.dtype == np.float32
    assert closeness(even) < closeness(table) - 0.05
    np.testing.assert_array_equal(even, even_directions(table, ids, offsets, seed=1))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_training_brings_translations_together() -> None:
    """Ten words and their translations, from random rows: after training each finds its partner."""
    from rag_app.embedder.contrast import Group, Schedule, tokenise, train_table

    korean = list("가나다라마바사아자차")
    english = list("abcdefghij")
    tokenizer = tiny_tokenizer(*korean, *english)
    bags = tokenise(tokenizer, korean + english)
    group = Group(np.arange(10), np.arange(10, 20), np.full(10, -1))
    start = np.random.default_rng(0).standard_normal((21, 16)).astype(np.float32)
    schedule = Schedule(steps=60, batch=10, learning_rate=0.05, threads=1, kinds={"words": 1})
    table = train_table(start, bags, {"words": group}, np.zeros((1, 16), dtype=np.float32), schedule)
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    rows = np.concatenate([bags.ids])
    found = (unit[rows[:10]] @ unit[rows[10:]].T).argmax(axis=1)
    assert found.tolist() == list(range(10))
    np.testing.assert_array_equal(start, np.random.default_rng(0).standard_normal((21, 16)).astype(np.float32))


def test_the_shipped_folder_can_be_copied_and_used(tmp_path: Path, embedder: StaticEmbedder) -> None:
    shutil.copytree(SHIPPED, tmp_path / "model")
    np.testing.assert_array_equal(load_static(tmp_path / "model").embed_passages(TEXTS), embedder.embed_passages(TEXTS))
