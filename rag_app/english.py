"""English words: their stems, and the closed lists of words that carry no topic; the only door to snowballstemmer."""

import re
import threading
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

_FUNCTION = """
a an the is are was were be been being am do does did of to in on at by for with from as into about between than then and
or but if so it its this that these those there here he she they them his her their we us our you your i me my what which
who whom whose when where why how can could should would will shall may might must have has had
"""
_ASKING = "please tell explain describe show give mean means meaning define definition"

FUNCTION_WORDS = frozenset(_FUNCTION.split())
QUESTION_WORDS = FUNCTION_WORDS | frozenset(_ASKING.split())

_stemmers = threading.local()
_MAY_CHANGE = re.compile(
    r".*(?:[eiysl]|[eo]r|[ae]nt|ed|ing|ion|ic|is[mt])", re.DOTALL
)  # no rule of Porter2 is about other words


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The word without its inflection: `queries` -> `queri`, `running` -> `run`. Lower case in; other than letters stays.

    Source: the English stemmer of the Snowball project (Porter2).
    """
    if not word.isascii() or not word.isalpha() or not _MAY_CHANGE.fullmatch(word):
        return word
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:  # a stemmer holds the word it works on, so every thread has its own
        stemmer = _stemmers.english = EnglishStemmer()  # type: ignore[no-untyped-call]
    return str(stemmer.stemWord(word))
