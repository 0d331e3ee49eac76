"""The tree of failures, named for who must act.

SeodangError                     root; `str(error)` is one or two sentences a user can act on
├── SettingsError                the operator: an environment variable is wrong (all problems in one message)
├── UsageError                   the caller of a command line: wrong arguments
├── InputError                   the asker: a question that cannot be answered as it stands
│   ├── EmptyQuestion
│   ├── QuestionTooLong
│   └── WrongFilter              a filter of the question is malformed, or no document meets it
├── SourceError                  the author of one document; ingestion goes on without it
│   ├── UnreadableSource         cannot be opened, vanished, not a regular file
│   ├── UndecodableSource        bytes that are no text in any known encoding
│   ├── UnsupportedSource        a format that no reader takes
│   ├── EmptySource              nothing left to index after cleaning: no failure, the file is remembered as empty
│   │   └── NeedsOcr             all its text is in pictures, and tesseract is not installed
│   └── SourceTooLarge           beyond a limit, which the message names
├── IndexFault                   the operator: the index as a whole
│   ├── NoIndex                  nothing was ingested yet
│   ├── DamagedIndex             a published generation is not what was published
│   ├── StampMismatch            index and embedder (or chunker, terms) disagree
│   ├── IndexLocked              another ingestion holds the lock
│   ├── WouldShrink              a run would remove more than half of the sources
│   └── StorageFault             a folder cannot be written, the disk is full
├── EmbeddingFault               the operator: the embedding model cannot be loaded or gives nonsense
├── RerankingFault               the operator: the reranker cannot be used; the search goes on without it
├── LlmFault                     the operator: the chat model; the extractive answer stands in
│   ├── UnknownProvider
│   ├── MissingExtra             a package is not installed; the message holds the install line
│   ├── MissingKey
│   └── LlmUnavailable           unreachable, refused, timed out, broke off
├── CalculationError             the program of a calculation is outside its language or its limits
└── ConversationFault            the operator: the conversation database cannot be opened or written
"""


class SeodangError(Exception):
    """Root of every failure the product raises on purpose; the message holds the remedy."""


class SettingsError(SeodangError):
    """One or more environment variables cannot be used."""


class UsageError(SeodangError):
    """A command line was called with arguments it cannot serve."""


class InputError(SeodangError):
    """The question cannot be answered as it stands."""


class EmptyQuestion(InputError):
    """Nothing was asked."""


class QuestionTooLong(InputError):
    """The question exceeds the configured length."""


class WrongFilter(InputError):
    """A filter is malformed, or no document meets it; `korean` is the same sentence for a Korean reader."""

    def __init__(self, message: str, korean: str = "") -> None:
        super().__init__(message)
        self.korean = korean or message


class SourceError(SeodangError):
    """One document cannot be ingested; the others go on."""


class UnreadableSource(SourceError):
    """The file cannot be opened or read whole."""


class UndecodableSource(SourceError):
    """The bytes are no text in any encoding the reader knows."""


class UnsupportedSource(SourceError):
    """No reader takes this format."""


class EmptySource(SourceError):
    """After cleaning nothing is left to index."""


class NeedsOcr(EmptySource):
    """All text is in pictures, and the program that reads those is not installed."""


class SourceTooLarge(SourceError):
    """The document exceeds a limit."""


class IndexFault(SeodangError):
    """The index as a whole cannot serve or cannot be written."""


class NoIndex(IndexFault):
    """No generation was published yet."""


class DamagedIndex(IndexFault):
    """A published generation is not what was published."""


class StampMismatch(IndexFault):
    """The index was made with another embedder, chunker or term rules than the ones configured."""


class IndexLocked(IndexFault):
    """Another ingestion run holds the lock."""


class WouldShrink(IndexFault):
    """The run would remove more than half of the sources."""


class StorageFault(IndexFault):
    """The data folder cannot be written."""


class EmbeddingFault(SeodangError):
    """The embedding model cannot be loaded, or returned unusable vectors."""


class RerankingFault(SeodangError):
    """The reranker cannot be loaded or used; `korean` is the same sentence for a Korean reader."""

    def __init__(self, message: str, korean: str = "") -> None:
        super().__init__(message)
        self.korean = korean or message


class LlmFault(SeodangError):
    """The chat model cannot be used; `korean` is the same sentence for a Korean reader."""

    def __init__(self, message: str, korean: str = "") -> None:
        super().__init__(message)
        self.korean = korean or message


class UnknownProvider(LlmFault):
    """RAG_LLM names a provider the product does not know."""


class MissingExtra(LlmFault):
    """The provider's package is not installed."""


class MissingKey(LlmFault):
    """The provider's key is not set."""


class LlmUnavailable(LlmFault):
    """The provider could not be reached, refused, timed out or broke off."""


class CalculationError(SeodangError):
    """A calculation is outside its language or its limits."""


class ConversationFault(SeodangError):
    """The conversation database cannot be opened or written."""
