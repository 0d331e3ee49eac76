"""Questions that need no document: greetings, thanks, empty input, and requests for the product's insides."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

from graphs.state import Voice

Kind = Literal["empty", "greeting", "thanks", "bye", "self", "help", "mood", "praise", "assent", "insides"]


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """A recognised kind and the reply in both languages."""

    kind: Kind
    pattern: re.Pattern[str]
    ko: str
    en: str

    def reply(self, voice: Voice) -> str:
        """The reply in the given language."""
        return self.ko if voice == "ko" else self.en


def small_talk_of(question: str) -> SmallTalk | None:
    """The kind of small talk the whole question is, None when it asks for something."""
    if is_empty(question):
        return EMPTY
    plain = _plain(question)
    return next((entry for entry in _TABLE if entry.pattern.fullmatch(plain)), None)


def is_empty(question: str) -> bool:
    """True when nothing is asked: white space, punctuation, emoji, single jamo such as `ㅋㅋ`."""
    return not any(char.isalnum() and not _is_jamo(char) for char in question)


def without_greeting(question: str) -> str:
    """The question without a greeting in front of it; a bare greeting stays."""
    rest = _GREETING_FIRST.sub("", question, count=1).strip()
    return rest if rest and not is_empty(rest) else question


def _is_jamo(char: str) -> bool:
    return "\u1100" <= char <= "\u11ff" or "\u3130" <= char <= "\u318f"


def _plain(question: str) -> str:
    """Words only: no punctuation, emoji or stretched jamo, single spaces, case folded."""
    kept = (
        char if char.isalnum() or char in "'’" else " "
        for char in unicodedata.normalize("NFKC", question).casefold()
        if not _is_jamo(char)
    )
    return " ".join("".join(kept).replace("’", "'").split())


def _entry(kind: Kind, ko: str, en: str, *patterns: str) -> SmallTalk:
    return SmallTalk(kind, re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or "(?!)"), ko, en)


_HELLO_KO: Final = (
    r"(?:안녕(?:하세요|하십니까|히 계세요)?|하이|헬로|반가워요?|반갑습니다|좋은 (?:아침|오후|저녁)(?:이에요|입니다)?)"
)
_HELLO_EN: Final = (
    r"(?:hi|hello|hey|howdy|greetings|good (?:morning|afternoon|evening|day))(?: there| seodang| everyone)?"
)
_GREETING_FIRST: Final = re.compile(
    rf"^\s*(?:{_HELLO_KO}(?=[\s,.!~]|$)|(?i:{_HELLO_EN})(?=[,.!]))[\s,.!~ㅎㅋ^]*(?:(?:서당아|서당|여러분)[\s,.!~]+)?"
)
_MAKE_KO: Final = r"(?:해 ?줘요?|해 ?주세요|해|하세요|해 ?봐|줘요?|주세요)"

EMPTY: Final = _entry(
    "empty",
    "궁금한 것을 문장으로 적어 주세요. 예: “드롭아웃은 왜 쓰나요?”, “연차는 며칠인가요?”",
    "Please type a question, for example “Why is dropout used?” or “How many days of annual leave are there?”",
)

_TABLE: Final = (
    _entry(
        "greeting",
        "안녕하세요! 문서에 관해 무엇이든 물어보세요. 답마다 근거가 된 문장을 함께 보여 드립니다.",
        "Hello! Ask me anything about your documents; every answer shows the sentences it rests on.",
        rf"{_HELLO_KO}(?: (?:서당아?|{_HELLO_KO}))?",
        rf"{_HELLO_EN}(?: {_HELLO_EN})?",
    ),
    _entry(
        "thanks",
        "도움이 되었다니 기쁩니다. 더 궁금한 것이 있으면 물어보세요.",
        "You are welcome. Ask on whenever you like.",
        r"(?:정말 |너무 |진짜 |대단히 )?(?:고마워요?|고맙습니다|감사해요|감사합니다|감사|땡큐|ㄳ)(?: ?(?:정말|진짜|서당아?))?",
        r"(?:ok(?:ay)? |great |perfect )?(?:thanks|thank you|thx|ty|many thanks|cheers)(?: (?:a lot|so much|very much|again|seodang))*",
    ),
    _entry(
        "bye",
        "안녕히 가세요. 대화는 저장되어 있으니 언제든 이어서 물어보세요.",
        "Goodbye. The conversation is kept, so you can pick it up again at any time.",
        r"잘 ?(?:가|있어)요?|안녕히 (?:가|계)세요|바이(?: ?바이)?|다음에 (?:봐|만나|뵐게)요?|수고(?:하세요|하셨습니다|해요?)?",
        r"(?:good ?)?bye(?: bye)?|see (?:you|ya)(?: later| soon)?|good night|farewell",
    ),
    _entry(
        "self",
        "저는 서당입니다. 넣어 주신 문서를 찾아 한국어와 영어로 답하고, 문장마다 출처를 붙입니다. 문서에 없는 것은 없다고 말합니다.",
        "I am Seodang. I search the documents you gave me, answer in Korean and English, and cite a source for every "
        "sentence. What the documents do not hold, I say so.",
        r"(?:너는|넌|당신은|서당은|넌 대체)? ?(?:누구(?:야|니|세요|신가요|입니까|예요|에요)?|이름이? (?:뭐야|뭐니|뭔가요|무엇인가요|뭐예요|뭐에요))",
        r"(?:네|너의|당신의|당신|너) ?이름(?:은|이)?(?: ?(?:뭐야|뭐니|뭔가요|무엇인가요|뭐예요|뭐에요))?|자기 ?소개(?:를)? ?"
        + _MAKE_KO,
        r"who are you|what(?:'s| is) your name|what are you|introduce yourself|tell me about yourself|are you (?:a )?(?:bot|human|ai|robot)",
        r"(?:너는?|넌|당신은) ?(?:사람|로봇|봇|인공지능|ai)(?:이야|이니|인가요|입니까|이에요|야|니)",
    ),
    _entry(
        "help",
        "문서에 관한 질문에 답합니다. 뜻을 묻거나(“RAG가 뭐야?”), 이유와 차이를 묻거나, 표의 숫자로 계산하게 하거나, "
        "한 문서를 요약해 달라고 할 수 있습니다. 앞선 질문을 이어서 물어도 됩니다.",
        "I answer questions about your documents. Ask for a meaning (“What is RAG?”), a reason or a difference, a "
        "calculation over the figures in a table, or a summary of one document. Follow-up questions work too.",
        r"(?:뭘|무엇을|뭐|무슨 일을) ?(?:할 ?수 ?있어|할 ?수 ?있니|할 ?수 ?있나요|할 ?줄 ?알아|도와줄 ?수 ?있어|도와줄 ?수 ?있나요)요?",
        r"(?:너는?|넌|당신은|서당은) (?:뭘|무엇을|뭐|무슨 일을) ?(?:할 ?수 ?있어|할 ?수 ?있니|할 ?수 ?있나요|해|하니|하나요)요?",
        r"도움말|도와 ?줘요?|도와주세요|사용법(?:이? ?(?:뭐야|뭔가요|알려줘))?|어떻게 (?:써|쓰나요|사용해|사용하나요)요?",
        r"help(?: me)?|what can you do(?: for me)?|how (?:do|can) i use (?:you|this)|how does this work|what do you do",
    ),
    _entry(
        "mood",
        "잘 지내고 있습니다. 문서에 관해 궁금한 것이 있으면 물어보세요.",
        "All is well here. What would you like to know from your documents?",
        r"(?:잘 지내(?:니|세요|요|고 있어)?|기분(?:이)? 어때요?|오늘 (?:기분|하루)(?:은|는|이)? ?어때요?|뭐 ?해요?|심심해요?)",
        r"how are you(?: doing)?(?: today)?|how(?:'s| is) it going|what's up|sup",
    ),
    _entry(
        "praise",
        "고맙습니다. 더 필요한 것이 있으면 말씀해 주세요.",
        "Thank you. Let me know what else you need.",
        r"(?:정말 |진짜 |너무 |아주 )?(?:잘했어요?|좋아요?|대단해요?|훌륭해요?|최고(?:야|예요|에요|다)?|멋져요?|똑똑하(?:네|다)요?|완벽해요?)",
        r"(?:very |really )?(?:good job|well done|nice|great|awesome|perfect|good bot|you are (?:great|awesome|smart|the best)|excellent|cool)",
    ),
    _entry(
        "assent",
        "네. 이어서 궁금한 것을 물어보세요.",
        "All right. What would you like to know next?",
        r"(?:네+|예|응+|음+|아하|알겠(?:어|어요|습니다)|알았어요?|오케이|그렇구나|그렇군요|오+|와+|아니요?|됐어요?|확인(?:했습니다|했어요?)?)",
        r"(?:ok(?:ay)?|yes|yeah|yep|no|nope|sure|i see|got it|alright|all right|understood|hmm+|aha|wow)",
    ),
    _entry(
        "insides",
        "저는 문서에 적힌 내용만 답합니다. 내부 지시문이나 서버의 환경 변수, 파일 목록은 알려 드리지 않습니다.",
        "I answer only from the documents. My instructions, the server's environment and its files are not for sharing.",
        r".*(?:시스템|너의|네|니|당신의|숨은|숨겨진|내부|초기|위의?) ?(?:프롬프트|지시문?|명령문?|지침|설정 ?문구)(?:를|을|가|이)?(?: ?(?:전부|모두|그대로|다|나|나에게|내게|한번))* ?"
        r"(?:보여|출력|알려|공개|반복|말해|공유|복사|번역).*",
        r".*\b(?:show|print|reveal|repeat|tell me|give me|output|display|share|what (?:is|are)|leak)\b.*\b(?:your|hidden|initial|secret|above)\b"
        r"(?: \w+)? (?:system )?(?:prompts?|instructions?|rules|messages?)\b.*",
        r".*\b(?:show|print|reveal|repeat|output|display|leak)\b.* system prompts?\b.*",
        r".*\brepeat (?:all |everything )?(?:the )?(?:words|text|sentences|everything)? ?(?:above|before this).*",
        r"(?:환경 ?변수|api ?키|env|비밀번호|파일 ?목록|파일 ?경로|서버 ?파일)(?:를|을)?(?: ?(?:전부|모두|다|나에게|내게))* ?(?:보여|출력|나열).*",
        r".*\b(?:print|show|dump|list|reveal|display|cat)\b(?: me)?(?: (?:all|the|your|every))* (?:environment variables?|env(?: vars?)?|api keys?|file ?paths?|server files?|secrets|etc passwd)",
    ),
)
