"""Language and terms: what a text is in, which words it is found by, and that no bare noun is lost."""

import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snowballstemmer.english_stemmer import EnglishStemmer

from rag_app import language
from rag_app.analyses import SHIPPED, WordList, read_list, write_list
from rag_app.english import stem
from rag_app.language import Terms, detect_language
from rag_app.terms import Word, lone_hangul, words_of_token
from rag_app.word_families import MARK

NOUNS = """
연차 휴가 회의 의자 나이 아이 고양이 종이 놀이 사이 도로 피로 경로 회로 진로 인사 이사 감사 부가 증가 평가 가게 무게 세계 관계 체계 지도 온도 속도 제도
용해 분해 이해 손해 금 법 차 배 말 손 눈 밤 비 강 산 본거지 어려움 경사하강법 역전파 과적합 손실함수 학습률 소프트맥스 임베딩 어텐션 토크나이저 프롬프트
랭체인 벡터스토어 하이퍼파라미터 머신러닝 딥러닝 인공지능 데이터베이스 트랜잭션 컴포넌트 렌더링 미들웨어 인터프리터 디버거 라이브러리 프레임워크 깃허브
파이썬 자바스크립트 마이애미 신데렐라 에디션 배너 릴리스 아세트산 수소수 재택근무 경조사비 퇴직금 원천징수 연말정산 부가가치세 업무추진비 법인카드 취업규칙
근로기준법 육아휴직 출산휴가 건강검진 국민연금 고용보험 명함 사무실 주차장 회의실 출입증 보안카드 비밀번호 결재 전자결재 인감 계약서 견적서 세금계산서 영수증
출장비 숙박비 교통비 식대 야근 휴일근무 인사평가 승진 징계 퇴사 수습기간 복지포인트 동호회 사내도서관
"""
PARTICLES = [
    "이/가",
    "은/는",
    "을/를",
    "의",
    "에서",
    "으로/로",
    "과/와",
    "도",
    "만",
    "까지",
    "이란/란",
    "입니다",
    "에는",
]
ENGLISH_ENDINGS = [
    *"abcdefghijklmnopqrstuvwxyz",
    *"s ies eed ed edly ing ingly tional enci anci abli entli izer ation ator alism aliti alli fulness ousli iveness".split(),
    *"ogist ogi lessli icate iciti ical ful ness ative ance er ic able ement ment ent ism ate iti ous ive ion ll".split(),
]


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms()


def with_particle(noun: str, particle: str) -> str:
    behind_consonant, _, behind_vowel = particle.partition("/")
    final = (ord(noun[-1]) - ord("가")) % 28
    if not behind_vowel:
        return noun + behind_consonant
    return noun + (behind_consonant if final and not (final == 8 and behind_vowel == "로") else behind_vowel)


def pairs() -> Iterator[tuple[str, str]]:
    for at, noun in enumerate(NOUNS.split()):
        yield noun, with_particle(noun, PARTICLES[at % len(PARTICLES)])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("RAG가 뭐야", "ko"),
        ("what is 연차", "en"),
        ("How do I apply for leave?", "en"),
        ("Streamlit session_state 사용법", "ko"),
        ("for i in range(3):\n    print(i)", "en"),
        ("연차는 15일입니다.", "ko"),
        ("ㅋㅋ", "ko"),
        ("", "other"),
        ("123 !?", "other"),
        ("😀", "other"),
        ("日本語の文章です", "other"),
        ("Привет, мир", "other"),
    ],
)
def test_the_language_is_the_one_a_reader_would_say(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RAG가", ["rag"]),
        ("Python으로", ["python"]),
        ("연차휴가를", ["연차", "휴가", "연차휴가"]),
        ("머신러닝이란무엇인가", ["머신", "러닝", "머신러닝", "무엇"]),
        ("신청했습니다", ["신청"]),
        ("걸렸을까", ["걸리다"]),
        ("메소드를", ["메서드"]),
        ("사람들이", ["사람"]),
        ("st.session_state", ["st.session_state", "st", "session", "state"]),
        ("CrossEntropyLoss", ["crossentropyloss", "cross", "entropi", "loss"]),
        ("v0.27.0", ["v0.27.0", "0.27.0", "0.27"]),
        ("front-end", ["frontend", "front", "end"]),
        ("users' queries running", ["user", "queri", "run"]),
        ("isn't it's APIs", ["is", "it", "api"]),
        ("C++ C# node.js", ["c++", "c#", "node.js", "node", "js"]),
        ("1,200,000원", ["1200000", "원"]),
        ("15일", ["15", "일"]),
        ("3.5%", ["3.5"]),
        ("삼백만 원", ["3000000", "삼백만", "원"]),
        ("제3조", ["3", "조"]),
        ("2024-03-05", ["2024-03-05", "2024", "3", "5"]),
        ("[설치](/guide/install.md)", ["설치"]),
        ('<div class="box">연차</div>', ["div", "연차"]),
        ("ＲＡＧ", ["rag"]),
        ("😀", ["😀"]),
        ("日本", ["日", "本"]),
        ("Привет", ["привет"]),
        ("ㅋㅋ", ["ㅋㅋ"]),
        ("", []),
        ("?!…", []),
    ],
)
def test_of_text_gives_the_words_one_would_search(terms: Terms, text: str, expected: list[str]) -> None:
    assert list(terms.of_text(text)) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("연차 알려줘", ["연차"]),
        ("경사하강법이란 무엇인가요?", ["경사", "하강", "법", "경사하강법"]),
        ("RAG가 뭐야", ["rag"]),
        ("what is the learning rate?", ["learn", "rate"]),
        ("휴가를 신청하는 방법을 설명해 주세요", ["휴가", "신청", "방법"]),
        ("상품 설명", ["상품", "설명"]),
        ("what is it", ["what", "is", "it"]),
        ("알려줘", ["알리다"]),
        ("무엇", ["무엇"]),
        ("나이", ["나이"]),
        ("이유", ["이유"]),
        ("", []),
    ],
)
def test_of_question_drops_what_only_asks_but_never_everything(
    terms: Terms, question: str, expected: list[str]
) -> None:
    assert list(terms.of_question(question)) == expected


def test_a_bare_noun_finds_the_noun_with_a_particle(terms: Terms) -> None:
    """White-space search found 0 of 10 such pairs; here at least 97 of 100 share a term."""
    asked = list(pairs())
    lost = [pair for pair in asked if not {*terms.of_question(pair[0])} & {*terms.of_text(f"그날 {pair[1]} 보았다")}]
    assert len(asked) >= 100
    assert len(lost) <= 0.03 * len(asked), lost


def test_every_noun_survives_as_a_question_of_its_own(terms: Terms) -> None:
    assert [noun for noun in NOUNS.split() if not terms.of_question(noun)] == []


def test_decomposed_text_has_the_same_terms(terms: Terms) -> None:
    assert terms.of_text(unicodedata.normalize("NFD", "연차휴가를 신청")) == terms.of_text("연차휴가를 신청")


def test_a_batch_gives_what_single_texts_give(terms: Terms) -> None:
    texts = ["연차는 15일", "", "RAG가 뭐야", "연차를 신청"] * 100
    assert Terms().of_texts(texts) == [terms.of_text(text) for text in texts]


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("연차는", "연차는"),
        ("(연차는),", "연차는"),
        ("「연차」·", "연차"),
        ("ㅋㅋ!", "ㅋㅋ"),
        ("RAG가", ""),
        ("가_나", ""),
        ("가.나", ""),
        ("→가", ""),
        ("가×", ""),
        ("...", ""),
        ("가" * 65, ""),
    ],
)
def test_a_token_of_one_hangul_word_is_told_from_others(token: str, word: str) -> None:
    assert lone_hangul(token) == word


@given(st.text(st.sampled_from("가나ㅋ(.,_#+'’·→×3aé…「"), max_size=6))
def test_the_lone_word_of_a_token_is_all_that_it_says(token: str) -> None:
    if lone := lone_hangul(token):
        assert list(words_of_token(token)) == [Word("hangul", lone)]


def test_a_word_means_the_same_in_every_context(terms: Terms) -> None:
    alone = terms.of_text("지면을")
    assert terms.of_text("신문 지면을 보다")[1 : 1 + len(alone)] == alone


def test_the_words_of_an_earlier_run_make_equal_terms(terms: Terms, tmp_path: Path) -> None:
    text = "휴가신청서를 냈다. 가온누리봇이 RAG가 3등으로 궯뷁헿했다"
    first = Terms(learned=tmp_path / "words.bin")
    assert first.of_text(text) == terms.of_text(text)
    first.keep()
    assert read_list(tmp_path / "words.bin", first.analyser).find("궯뷁헿했다") is not None
    assert Terms(learned=tmp_path / "words.bin").of_text(text) == terms.of_text(text)


def test_what_was_learned_is_believed(tmp_path: Path) -> None:
    """Were Kiwi asked again, the invented reading would be lost."""
    path, version = tmp_path / "words.bin", Terms().analyser
    write_list(path, version, WordList.of({"궯뷁헿을": "궯뷁/NNG 헿을/JKO"}))
    assert Terms(learned=path).of_text("궯뷁헿을") == ("궯뷁",)
    write_list(path, "kiwipiepy 0.0", WordList.of({"궯뷁헿을": "궯뷁/NNG 헿을/JKO"}))
    assert Terms(learned=path).of_text("궯뷁헿을") != ("궯뷁",)


def test_terms_without_any_list_are_the_same(terms: Terms) -> None:
    """The list that ships says of its words what the installed Kiwi says."""
    words = [word for word in read_list(SHIPPED, terms.analyser).entries() if not word.startswith(MARK)]
    assert len(words) >= 50_000, "made by another Kiwi; run python -m rag_app.frequent_words.make"
    sample = words[::97]
    plain = Terms(shipped=None)
    assert plain.of_texts(sample) == terms.of_texts(sample)


def test_the_terms_of_a_word_do_not_depend_on_the_words_before_it() -> None:
    """Kiwi reads `일종` otherwise in front of 을, which only the first word makes it ask."""
    assert Terms().of_texts(["일종을", "일종이다"])[1] == Terms().of_text("일종이다") == ("일종",)


def test_a_word_that_is_a_stem_and_an_ending_says_what_kiwi_says_of_the_whole(terms: Terms) -> None:
    lines = read_list(SHIPPED, terms.analyser).lines
    stems = [line.partition("\t")[0].removeprefix(MARK) for line in lines if line.startswith(MARK)][1::150]
    sample = [stem + ending for stem in stems for ending in ("", "은", "에서", "하는", "들이", "도")]
    assert len(sample) > 2_000
    assert terms.of_texts(sample) == Terms(shipped=None).of_texts(sample)


def test_the_dictionary_gives_frequent_nouns_first(terms: Terms) -> None:
    nouns = [noun.form for noun in terms.dictionary(400)]
    assert {"사람", "사회", "문제"} <= set(nouns)
    assert not {"하", "으로", "그것"} & set(nouns)


def test_two_workers_make_the_same_terms(terms: Terms) -> None:
    texts = [f"{noun}에서 {noun}했었다면" for noun in NOUNS.split()]
    assert Terms(shipped=None, workers=2).of_texts(texts) == terms.of_texts(texts)


def test_a_resting_analyser_comes_back(terms: Terms) -> None:
    resting = Terms(shipped=None)
    first = resting.of_text("연차를 쓴다")
    resting.rest()
    assert resting.of_text("연차를 쓴다") == first == terms.of_text("연차를 쓴다")
    assert resting.of_text("휴가를 쓴다") == terms.of_text("휴가를 쓴다")


def test_without_kiwi_there_are_the_terms_of_the_texts_that_do_not_need_it(
    terms: Terms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["연차를 신청한다", "궯뷁헿했다가 연차", "plain English, 15일", "", "RAG가 궯뷁헿"] * 200
    path, version = tmp_path / "words.bin", Terms().analyser
    write_list(path, version, WordList.of({"A가": "A/SL 가/JKS", "뷁헿궯": "뷁헿궯/NNG?"}))
    patient = Terms(learned=path)
    with monkeypatch.context() as patch:
        patch.setattr(language, "_load_kiwi", lambda *_: pytest.fail("Kiwi was asked"))
        found = patient.of_known_texts(texts)
        assert patient.of_known_texts(["뷁헿궯"]) == [None], (
            "how it is split is told by another word, which no list has"
        )
    assert found == [None if "궯" in text else every for text, every in zip(texts, terms.of_texts(texts), strict=True)]
    assert patient.of_texts(texts) == terms.of_texts(texts)
    assert patient.of_known_texts(texts) == terms.of_texts(texts)


def test_user_words_stay_whole_and_change_the_version() -> None:
    own = Terms(user_words=["가온누리봇"])
    assert "가온누리봇" in own.of_text("가온누리봇을 켠다")
    assert own.version != Terms().version
    assert Terms(user_words=["나", "가"]).version == Terms(user_words=["가", "나", "가"]).version


def test_threads_share_one_analyser() -> None:
    shared = Terms()
    texts = [f"{noun}에 대한 running queries {at}" for at, noun in enumerate(NOUNS.split())]
    expected = Terms().of_texts(texts)
    found: list[list[tuple[str, ...]]] = []
    threads = [
        threading.Thread(target=lambda: found.append([shared.of_text(text) for text in texts])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_a_word_without_end_is_cut_into_pieces(terms: Terms) -> None:
    assert terms.of_text("a" * 1_000) == ("a" * 64,) * 15 + ("a" * 40,)
    assert terms.of_text("가" * 1_000)


@given(text=st.text(max_size=60) | st.text(st.sampled_from("가힣ᄀㅋ제3,.-_'<>[](/=v1ABabé日😀 \n"), max_size=60))
def test_any_text_has_terms_that_can_be_stored(terms: Terms, text: str) -> None:
    for found in (terms.of_text(text), terms.of_question(text)):
        assert all(term and not term.isspace() for term in found)


@pytest.mark.parametrize(
    ("bare", "spoken"), [("파도", "파도가"), ("회로", "회로에서"), ("도커", "도커를"), ("도로", "도로가")]
)
def test_a_noun_that_looks_like_a_noun_with_a_particle_is_found_either_way(
    terms: Terms, bare: str, spoken: str
) -> None:
    assert bare in terms.of_question(bare)
    assert bare in terms.of_text(spoken)


def test_an_auxiliary_verb_that_stands_alone_is_a_verb(terms: Terms) -> None:
    """`만드는` alone was kept as it stands, so that it met neither 만들다 nor 만든."""
    assert terms.of_question("만드는 방법") == terms.of_question("만들 방법") == ("만들다", "방법")


def test_a_file_that_is_named_is_asked_without_its_ending(terms: Terms) -> None:
    assert terms.of_question("휴가규정_2024.hwp") == terms.of_question("휴가규정 2024")
    assert "main.py" in terms.of_question("main.py")


@pytest.mark.parametrize(
    ("together", "apart"),
    [
        ("1.5GB", "1.5 GB"),
        ("1,200,000KRW", "1200000 KRW"),
        ("두 배", "2 배"),
        ("육 개월", "6 개월"),
        ("0.5kg", "0.5 kg"),
    ],
)
def test_a_number_is_one_term_also_where_its_unit_touches_it(terms: Terms, together: str, apart: str) -> None:
    assert set(terms.of_text(apart)) <= set(terms.of_text(together))


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), max_size=4), st.sampled_from(ENGLISH_ENDINGS))
def test_a_stem_is_that_of_the_stemmer(beginning: str, ending: str) -> None:
    assert stem(beginning + ending) == EnglishStemmer().stemWord(beginning + ending)  # type: ignore[no-untyped-call]
