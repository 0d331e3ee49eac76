"""Stems and endings in a list of words: they make the words that Kiwi confirmed and no others."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag_app.analyses import SHIPPED, WordList, packed, read_list, write_list
from rag_app.frequent_words.families import families, split
from rag_app.korean import Morpheme
from rag_app.language import Terms
from rag_app.word_families import MARK, Ending, WordFamilies, entries

ENDINGS = [Ending("", ""), Ending("에서", "에서/JKB"), Ending("과", "과/JKB"), Ending("과", "과/JC")]
STEMS = {"서당": ("서당/NNG", [0, 1, 3]), "서당에": ("서당/NNG 에/JKB", [0]), "1일": ("1/SN 일/NNB", [1])}


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms()


def made(endings: Sequence[Ending] = ENDINGS) -> WordFamilies:
    return WordFamilies(WordList.of({"서당": "따로/MAG", **entries(endings, STEMS)}).find)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("서당", ("서당/NNG", "")),
        ("서당에서", ("서당/NNG", "에서/JKB")),
        ("서당과", ("서당/NNG", "과/JC")),
        ("서당에", ("서당/NNG 에/JKB", "")),
        ("1일에서", ("1/SN 일/NNB", "에서/JKB")),
        ("1일", None),
        ("1일과", None),
        ("서당으로", None),
        ("에서", None),
        ("서", None),
        ("", None),
    ],
)
def test_a_stem_is_read_with_its_own_endings_only(word: str, said: tuple[str, str] | None) -> None:
    assert made().find(word) == said


def test_stems_of_one_kind_may_take_more_endings_than_one_character_has_bits() -> None:
    """Forty endings behind each of two stems, and another one behind the third: each is found where it was confirmed."""
    endings = [Ending(chr(ord("가") + number), f"{number}/JX") for number in range(41)]
    stems = {
        "나무": ("나무/NNG", range(0, 40, 2)),
        "소리": ("소리/NNG", range(1, 40, 2)),
        "위": ("위/NNG", [40]),
        "책": ("책/NNG", ()),
    }
    words = WordFamilies(WordList.of(entries(endings, stems)).find)
    found = {(stem, number) for stem in stems for number in range(41) if words.find(stem + endings[number].text)}
    assert found == {(stem, number) for stem, (_, numbers) in stems.items() for number in numbers}


def test_a_list_without_families_makes_no_words() -> None:
    assert WordFamilies(WordList.of({"서당": "서당/NNG"}).find).find("서당") is None
    assert WordFamilies(WordList().find).find("서당") is None


@pytest.mark.parametrize(
    ("word", "stem", "ending"),
    [
        ("서당에서는", "서당", "에서는"),
        ("서당", "서당", ""),
        ("사용합니다", "사용", "합니다"),
        ("만들어", "만들", "어"),
        ("1일에", "1일", "에"),
    ],
)
def test_a_word_splits_before_its_particles_and_endings(terms: Terms, word: str, stem: str, ending: str) -> None:
    found = split(word, terms.morphemes([word])[0])
    assert found is not None
    assert (found.stem, found.ending.text) == (stem, ending)


def test_a_fused_word_does_not_split() -> None:
    assert split("가까워", (Morpheme("가깝", "VA", True), Morpheme("어", "EC", True))) is None
    assert split("", ()) is None


def test_only_what_the_analyser_confirms_is_kept() -> None:
    """`나무` with 가 is read otherwise here, so that word stays out; the other stem keeps the same ending."""
    apart = {"배": "NNG", "나무": "NNG", "소": "NNG"}
    analysed = {
        stem + ending: (Morpheme(stem, tag, True), *([Morpheme(ending, "JKS", True)] if ending else []))
        for stem, tag in apart.items()
        for ending in ("", "가")
    }

    def analyse(words: Sequence[str]) -> list[tuple[Morpheme, ...]]:
        return [(Morpheme(word, "NNP", True),) if word == "나무가" else analysed[word] for word in words]

    endings, stems = families(analysed, analyse)
    words = WordFamilies(WordList.of(entries(endings, stems)).find)
    assert {word: joined(words.find(word)) for word in analysed} == {
        word: None if word == "나무가" else packed(said) for word, said in analysed.items()
    }


def test_a_noun_of_the_dictionary_takes_the_endings_of_its_kind() -> None:
    """`바다` stands in no text; of the two nouns written so the first is the one that counts, and 를 was seen behind no noun."""
    analysed = {
        stem + ending: (Morpheme(stem, "NNG", True), *([Morpheme(ending, "JKS", True)] if ending else []))
        for stem in ("배", "나무", "소")
        for ending in ("", "가")
    }
    analysed |= {"바다": (Morpheme("바다", "NNG", True),)}
    sea = Morpheme("바다", "NNG", True)

    def analyse(words: Sequence[str]) -> list[tuple[Morpheme, ...]]:
        return [(sea, Morpheme("가", "JKS", True)) if word == "바다가" else analysed[word] for word in words]

    endings, stems = families(
        {word: said for word, said in analysed.items() if word != "바다"}, analyse, [sea, Morpheme("바다", "NNP", True)]
    )
    words = WordFamilies(WordList.of(entries(endings, stems)).find)
    assert [words.find(word) for word in ("바다", "바다가", "바다를")] == [
        ("바다/NNG", ""),
        ("바다/NNG", "가/JKS"),
        None,
    ]


def joined(said: tuple[str, str] | None) -> str | None:
    return None if said is None else " ".join(filter(None, said))


def test_the_shipped_families_say_what_the_analyser_says(terms: Terms) -> None:
    words = read_list(SHIPPED, terms.analyser)
    families_of = WordFamilies(words.find)
    stems = [line.partition("\t")[0].removeprefix(MARK) for line in words.lines if line.startswith(MARK)][1:]
    assert len(stems) > 50_000, "made by another Kiwi; run python -m rag_app.frequent_words.make"
    tried = [stem + ending for stem in stems[::199] for ending in ("", "에서", "이라면", "했다", "까지도", "하다")]
    found = {word: said for word in tried if (said := joined(families_of.find(word))) is not None}
    assert len(found) > len(tried) // 4
    assert found == dict(zip(found, map(packed, terms.morphemes(list(found))), strict=True))


def test_a_word_of_a_family_is_believed(terms: Terms, tmp_path: Path) -> None:
    """Were Kiwi asked, the invented noun would be lost."""
    path = tmp_path / "words.bin"
    write_list(path, terms.analyser, WordList.of(entries(ENDINGS, {"궯뷁": ("궯/NNG 뷁/NNG", [0, 1])})))
    assert Terms(shipped=path).of_text("궯뷁에서 궯뷁") == ("궯", "뷁", "궯뷁", "궯", "뷁", "궯뷁")
    assert Terms(shipped=path).of_text("궯뷁과") == terms.of_text("궯뷁과")
