"""What is odd about a text and worth a line in the receipt; nothing here changes what is indexed."""

import re

MANY_ODD_SHARE = 0.05
NOT_FOR_KOREAN = (
    "holds Korean text, but the embedding model was not made for Korean; set RAG_EMBEDDING_MODEL to one that was"
)

_ORDERS = (
    re.compile(
        r"\b(?:ignore|disregard|forget|override)\s+(?:(?:all|any|the|your|of|every|everything)\s+){0,3}"
        r"(?:previous|prior|above|earlier|preceding|system)\s+(?:\w+\s+)?(?:instructions?|prompts?|rules?|messages?|directions?)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:이전|앞|위|지금까지|기존|상기)(?:에|의|서|까지)?\s{0,3}(?:\S{1,6}\s{1,3}){0,2}"
        r"(?:지시|명령|프롬프트|지침|규칙|안내)(?:\s?사항)?(?:들)?(?:을|를|은|는)?\s{0,3}(?:\S{1,4}\s{1,3}){0,2}(?:무시|잊|따르지)"
    ),
    re.compile(
        r"<\|(?:im_start|im_end|system|user|assistant|eot_id|start_header_id)\|>|\[/?INST\]|</?(?:context|passage)>"
    ),
)
_HIDDEN = re.compile("[\u200b\u2060-\u2064\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_ODD = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff\u1100-\u11ff]")
_ENCODED = re.compile(r"[A-Za-z0-9+/_=-]{1024,}")


def orders_to_a_model(text: str) -> tuple[str, ...]:
    """A warning when the text speaks to a language model instead of a reader, with the words that do."""
    found = next((match for pattern in _ORDERS if (match := pattern.search(text))), None)
    if found is None:
        return ()
    words = " ".join(found[0].split())[:60]
    return (f'holds words addressed to a language model ("{words}"); they are indexed as text and never obeyed',)


def hidden_characters(raw: str) -> tuple[str, ...]:
    """A warning when the raw text holds characters that no reader sees; clean-up has removed them."""
    count = len(_HIDDEN.findall(raw)) if not raw.isascii() else 0
    return (f"{count} invisible characters were removed",) if count >= 10 else ()


def garbled(text: str) -> tuple[str, ...]:
    """A warning when a noticeable share of the text is private-use characters, loose jamo or replacement marks."""
    share = garbled_share(text)
    if share <= MANY_ODD_SHARE:
        return ()
    return (f"{round(100 * share)} % of the characters are unreadable (fonts without a character table, loose jamo)",)


def garbled_share(text: str) -> float:
    """The share (0..1) of the visible characters that are private-use characters, loose jamo or replacement marks."""
    if text.isascii():
        return 0.0
    visible = len(text) - text.count(" ") - text.count("\n")
    return len(_ODD.findall(text)) / visible if visible else 0.0


def without_encoded_data(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with long runs of encoded data (images inside a note) cut to an ellipsis, and a warning if there were any."""
    shorter = _ENCODED.sub("…", text)
    lost = len(text) - len(shorter)
    return (shorter, (f"{lost} characters of encoded data (an embedded image?) were left out",)) if lost else (text, ())
