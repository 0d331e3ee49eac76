"""Hangul words and the English words they sound like; pairs made and judged by hand."""

import pytest

from rag_app.transliteration import (
    least_similarity,
    similarity,
    skeletons,
    skeletons_of_hangul,
    skeletons_of_latin,
    sounds_of,
    vocabulary,
)

TRUE_PAIRS = """
렐루 ReLU|버트 BERT|파인튜닝 fine-tuning|랭체인 LangChain|랭그래프 LangGraph|로스 loss|플래시어텐션 FlashAttention|알렉스넷 AlexNet
스트림릿 Streamlit|인스트럭션 instruction|크로스 cross|인코더 encoder|드롭아웃 dropout|옵티마이저 optimizer|토크나이저 tokenizer
도커 docker|깃허브 GitHub|체크포인트 checkpoint|배치 batch|에폭 epoch|텐서 tensor|그래디언트 gradient|어텐션 attention
트랜스포머 transformer|라마 llama|로라 LoRA|큐로라 QLoRA|시그모이드 sigmoid|소프트맥스 softmax|퍼셉트론 perceptron|모멘텀 momentum
스케줄러 scheduler|임베딩 embedding|프롬프트 prompt|벡터 vector|쿼리 query|인덱스 index|데이터셋 dataset|파이토치 PyTorch
텐서플로 TensorFlow|케라스 Keras|넘파이 NumPy|판다스 pandas|주피터 Jupyter|크로마 Chroma|허깅페이스 HuggingFace|랭스미스 LangSmith
스트리밍 streaming|캐시 cache|세션 session|위젯 widget|사이드바 sidebar|버튼 button|슬라이더 slider|컨테이너 container
쿠버네티스 Kubernetes|클라우드 cloud|서버 server|클라이언트 client|라우터 router|미들웨어 middleware|엔드포인트 endpoint|리퀘스트 request
리스폰스 response|토큰 token|코사인 cosine|어댑터 adapter|퀀타이즈 quantize|디코더 decoder|멀티헤드 multi-head
레이어 layer|필터 filter|커널 kernel|풀링 pooling|스트라이드 stride|패딩 padding|채널 channel|이미지 image
픽셀 pixel|비디오 video|오디오 audio|스피커 speaker|마이크 mike|레이블 label|라벨링 labeling|벤치마크 benchmark
리더보드 leaderboard|스코어 score|메트릭 metric|로그 log|디버거 debugger|커밋 commit|브랜치 branch|리포지토리 repository
패키지 package|모듈 module|클래스 class|메서드 method|데코레이터 decorator|제너레이터 generator|이터레이터 iterator|딕셔너리 dictionary
튜플 tuple|리스트 list|스레드 thread|프로세스 process|코루틴 coroutine|트랜잭션 transaction|스키마 schema|마이그레이션 migration
컴포넌트 component|훅스 hooks|리듀서 reducer|렌더링 rendering|하이드레이션 hydration|서스펜스 suspense|타입스크립트 TypeScript|자바스크립트 JavaScript
지피티 GPT|에이피아이 API|유알엘 URL|엘엘엠 LLM|시피유 CPU|제이슨 JSON|야믈 YAML|마크다운 markdown
오케스트레이션 orchestration|워크플로 workflow|파이프라인 pipeline|스냅샷 snapshot|샌드박스 sandbox|하이퍼파라미터 hyperparameter
온보딩 onboarding|인센티브 incentive|매니저 manager|미팅 meeting|프로젝트 project|워크숍 workshop|리더십 leadership|컴플라이언스 compliance
"""

FALSE_PAIRS = """
사이 say|쓰임 seem|아래 area|의사 ISA|차이 chai|모의 moai|거의 guy|새어 share|음악 make|이사 ISA|소음 some|유의 UI
위치 which|새로 shallow|미리 mirror|개인 gain|매기 Maggie|세로 zero|유리 URI|차지 charge|풀이 fully|배포 before|기도 Guido|내내 Nana
주지 judge|수도 sudo|뿌리 fully|제주 juice|재래 Zara|재해 Jae|매일 mail|매체 match|유사 USA|마치 match|대비 Davy|수치 such
비유 view|합의 happy|소유 though|배타 beta|소모 show|세액 seek|밀리 millie|주가 sugar|자리 Sally|의존 ozone|주시 sushi|머리 Mary
바로 borrow|서로 solo|널리 nearly|비슷 best|때로 Taylor|까지 charge|멀리 Mary|사유 saw|오전 ozone|서울 soul|판이 pony|대안 Deon
저희 Jae|제일 sale|대입 deep|여유 you|배제 versa|열의 yearly|대리 daily|전이 journey|대신 design|사람 Salam|진짜 Jinja|막지 magic
매달 medal|시작 thisArg|조율 soul|색인 shaken|절대 Zelda|수법 sub|자산 Jason|역시 yolk|지칭 searching|도전 dozen|자율 jewel|실비 silver
단지 danger|안팎 unpack|아니요 anyio|다섯 dashed|보류 value|매료 Mario|조건 jargon|친지 change|단일 Daniel|전자 ginger|노출 nature|요율 your
매번 Marvin|시청 searching|대전 design|전주 George|휴게 huge|삭제 Swagger|추정 choosing|인쇄 answer|주식 juicy|혼란 Hanlon|역설 yourself|전라도 generator
이득 edit|어제 user|오타 auto|어미 army|이제 easy|이로 error|이지 edge|언어 errno|이미 immer|어디 order|주어 sure|우리 hurry
나이 night|우유 wow|나을 null|알리 area|에서 hasher|제어 ser|이유 you|이웃 auto|오늘 onload|이름 ream|나무 name|하나 honor
소리 sorry|보안 born|너비 never|자가 sugar|조리 Sally|그림 gleam|모든 modern|비지 badge|시도 shadow|무시 mouse|마디 made|조언 join
지배 Java|수리 sure|달러 duller|일수 although|시내 China|파리 fully|오랜 Alan|더욱 dock|가시 gather|여러 year|이번 even|버릇 bold
달라 dollar|유지 huge|제자 Jeju|도움 DOM|씨앗 seed|인수 ensure|모습 mobs|게시 gather|하지 hash|수고 sugar|언제 hunger|저울 soul
이전 ozone|사전 session|거리 query|도구 dog|문제 munge|회의 hue|결과 gulp|보기 bogey|목록 mock|기간 began|방법 bubble|기준 June
연차 yarn|휴가 hugger|출장 churn|급여 group|인사 insert|부서 boss|팀장 Tim|신입 sheep|경비 gamble|구매 gamma|계약 guard|보고 bog
성과 singer|평가 pong|목표 mop|승인 swing|신청 sinking|반려 barley|기한 given|규정 gauge|조항 join|별표 bellpepper|부칙 butch|시행 sing
상사 sensor|동료 doll|고객 gag|음성 mason|발화 bar|전사 John|수집 suit|동의 dongle|보상 bossing|녹음 nook|기기 gig|장애 jungle
학습 hacks|훈련 hulk|검증 gum|예측 check|분류 bull|회귀 hook|손실 sonic|기울기 google|편향 pen|가중치 gauge|과적합 zip|신경망 shingle
문장 moon|단어 dinner|형태소 tessel|조사 Joseph|어간 Argon|품사 pomp|말뭉치 bunch|번역 bunny|요약 yolk|질문 gentle|답변 dip|근거 gunner
노드 not|노드 node.js|코드 card|허브 hover|태그 take|루프 love|포트 part|테스트 text|클래스 clear|모델 middle|스택 sticker|리스트 rust
버그 big|포크 fake|카드 cat|보드 bad|메일 meal|스캔 skin|서버 severe|박스 bugs|쿠키 cook|라벨 liable|필터 felt|토큰 talking
"""


def _pairs(table: str) -> list[tuple[str, str]]:
    return [
        (hangul, latin) for line in table.strip().splitlines() for hangul, latin in [p.split() for p in line.split("|")]
    ]


def sounds_alike(hangul: str, latin: str) -> bool:
    """Whether the search takes one word for the other."""
    least = least_similarity(hangul)
    return similarity(hangul, latin, least=least) >= least


def test_enough_pairs_to_say_anything() -> None:
    assert len(_pairs(TRUE_PAIRS)) >= 120
    assert len(_pairs(FALSE_PAIRS)) >= 200


def test_few_wrong_words_are_taken_and_most_right_ones_are() -> None:
    right = [pair for pair in _pairs(TRUE_PAIRS) if sounds_alike(*pair)]
    wrong = [pair for pair in _pairs(FALSE_PAIRS) if sounds_alike(*pair)]
    assert len(right) / (len(right) + len(wrong)) >= 0.97, wrong
    assert len(right) / len(_pairs(TRUE_PAIRS)) >= 0.8, sorted(set(_pairs(TRUE_PAIRS)) - set(right))


def test_every_pair_that_is_taken_is_found_by_its_consonants() -> None:
    """Candidates are looked up by skeleton, so a pair without a common one would never be compared."""
    for hangul, latin in _pairs(TRUE_PAIRS):
        if sounds_alike(hangul, latin):
            assert set(skeletons_of_hangul(hangul)) & set(skeletons_of_latin(latin)), (hangul, latin)


@pytest.mark.parametrize(
    ("word", "sounds"),
    [("토큰", "tokn"), ("배치", "bEci"), ("렐루", "lelu"), ("깃허브", "giThAb"), ("꽃", ""), ("의사", ""), ("RAG", "")],
)
def test_hangul_as_sounds(word: str, sounds: str) -> None:
    """The vowel of 큰 is silent, a doubled ㄹ is one, and a word no English one can become has none."""
    assert sounds_of(word) == sounds


@pytest.mark.parametrize("latin", ["LangChain", "langchain", "lang-chain", "lang|chain", "Lang Chain"])
def test_a_compound_is_recognised_however_it_is_joined(latin: str) -> None:
    assert sounds_alike("랭체인", latin)


def test_an_acronym_is_recognised_by_its_letters() -> None:
    assert similarity("에이피아이", "API") == 1.0
    assert similarity("씨피유", "CPU") == 1.0
    assert not sounds_alike("에이피아이", "APP")


def test_a_native_word_is_not_taken_even_where_every_sound_fits() -> None:
    """사이 (between) has the sounds of `say`, 유사 (alike) those of the letters of USA but not their names."""
    assert similarity("사이", "cy") > 0.9
    assert not sounds_alike("사이", "cy")
    assert not sounds_alike("유사", "USA")


def test_nothing_and_other_scripts_sound_like_nothing() -> None:
    assert similarity("", "loss") == 0.0
    assert similarity("로스", "") == 0.0
    assert similarity("로스", "損失") == 0.0
    assert skeletons("") == ()
    assert skeletons("x" * 10_000) == ()


def test_vocabulary_holds_identifiers_whole_and_in_parts_and_no_closed_class_words() -> None:
    found = vocabulary("The LangChain and fine-tuning of st.cache_data", ["드롭아웃", "사이", "하다"])
    assert found == {"lang|chain", "lang", "chain", "fine|tuning", "fine", "tuning", "st", "cache", "data", "드롭아웃"}
