"""Every switch of the product: its default, unit, meaning and check; read once, in an entry point.

Each field is an environment variable `RAG_<FIELD>`, also read from a `.env` file in the working directory. Values are
passed on from there; nothing else reads the environment. Each field has a heading in docs/guide/settings.md.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag_app.errors import SettingsError


class Settings(BaseSettings):
    """The configuration of one process; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="RAG_", env_file=".env", env_file_encoding="utf-8-sig", extra="ignore", frozen=True
    )

    data_dir: Path = Field(
        default=Path(".seodang"), description="Folder of the index, the caches and the conversations."
    )
    collection: str = Field(
        default="",
        max_length=100,
        description="Collection that questions go to unless they name one; empty: all of them.",
    )
    llm: str = Field(
        default="extractive", max_length=300, description="`provider:model`, or `extractive` for no model."
    )
    llm_timeout_s: float = Field(default=60.0, gt=0, le=3600, description="Seconds a chat model may stay silent.")
    llm_retries: int = Field(default=2, ge=0, le=10, description="How often a failed call to a chat model is repeated.")
    llm_temperature: float = Field(default=0.1, ge=0, le=2, description="Sampling temperature of the chat model.")
    llm_context_tokens: int = Field(
        default=8192, ge=1024, le=2_000_000, description="Tokens that question, history and passages may take together."
    )
    embedding_model: str = Field(
        default="shipped", max_length=500, description="`shipped`, or a sentence-transformers model by name or folder."
    )
    embedding_batch: int = Field(default=64, ge=1, le=4096, description="Texts in one call to the embedding model.")
    chunk_tokens: int = Field(
        default=256, ge=64, le=4096, description="Largest chunk, in tokens of the embedding model."
    )
    reranker: str = Field(
        default="", max_length=500, description="sentence-transformers CrossEncoder by name or folder; empty: none."
    )
    hits: int = Field(default=8, ge=1, le=50, description="Passages that an answer may draw on.")
    max_question_chars: int = Field(default=4000, ge=100, le=100_000, description="Longest question, in characters.")
    max_file_mb: int = Field(default=64, ge=1, le=4096, description="Largest file that is ingested, in MiB.")
    ingest_nice: int = Field(
        default=15,
        ge=0,
        le=19,
        description="How far `python -m ingest` stands back behind other programs (`nice`): 0 not at all, 19 as far as possible.",
    )
    database_url: SecretStr | None = Field(
        default=None, description="SQLAlchemy URL of conversations and feedback; default: SQLite in the data folder."
    )
    language: Literal["auto", "ko", "en"] = Field(
        default="auto", description="Language of the page: `auto` asks the browser."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="Smallest level logged."
    )

    @field_validator("llm", "embedding_model", "reranker", "collection", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        """Surrounding white space and quotes are how shells and `.env` files get it wrong; they are never meant."""
        return value.strip().strip("\"'").strip() if isinstance(value, str) else value

    @field_validator("data_dir", mode="after")
    @classmethod
    def _usable_folder(cls, value: Path) -> Path:
        if str(value).startswith(("\\\\", "//")):
            raise ValueError("network (UNC) paths are refused; name a local folder")
        if value.resolve() == Path(value.resolve().anchor):
            raise ValueError("the root of the file system is refused; name a folder of its own")
        return value

    @property
    def index_dir(self) -> Path:
        """Where the generations live."""
        return self.data_dir / "index"

    @property
    def cache_path(self) -> Path:
        """The embedding cache."""
        return self.data_dir / "embeddings.sqlite"

    @property
    def words_path(self) -> Path:
        """What the morpheme analyser said of the words of earlier runs."""
        return self.data_dir / "words.bin"

    @property
    def conversations_url(self) -> str:
        """SQLAlchemy URL of the precious database."""
        if self.database_url is not None and self.database_url.get_secret_value().strip():
            return self.database_url.get_secret_value().strip()
        return f"sqlite:///{(self.data_dir / 'conversations.sqlite').resolve()}"


def read_settings() -> Settings:
    """The settings of this process, from the environment and `.env`.

    Raises:
        SettingsError: names every variable that cannot be used, its rule and its default, in one message.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("; ".join(_problem(item) for item in error.errors())) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read ({error}); save it as UTF-8 text") from error


def _problem(item: object) -> str:
    """One sentence on one wrong variable; secrets are never repeated."""
    assert isinstance(item, dict)
    name = str(item["loc"][0])
    variable = f"RAG_{name.upper()}"
    field = Settings.model_fields[name]
    shown = "" if "Secret" in str(field.annotation) else f" is {str(item.get('input'))[:80]!r}, but"
    rule = _range(field) or str(item["msg"]).removeprefix("Value error, ")
    return f"{variable}{shown} {rule} (default: {field.default})"


def _range(field: FieldInfo) -> str:
    """What a number must be, in words; empty for every other switch."""
    if field.annotation not in (int, float):
        return ""
    bounds = {
        name: getattr(limit, name)
        for limit in field.metadata
        for name in ("ge", "gt", "le", "lt")
        if hasattr(limit, name)
    }
    least = f"from {bounds['ge']}" if "ge" in bounds else f"above {bounds.get('gt', 0)}"
    kind = "a whole number" if field.annotation is int else "a number"
    return f"it must be {kind} {least} to {bounds.get('le', 'any')}"
