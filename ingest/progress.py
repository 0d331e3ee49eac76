"""The progress bar: on a terminal only, on standard error only."""

import sys
from types import TracebackType
from typing import NoReturn

from tqdm import tqdm

from ingest.texts import TextLanguage, text

_STAGES = ("scan", "read", "terms", "lexical", "vectors", "seal")


class ProgressBar:
    """One bar that shows the stage at work; silent where standard error is no terminal."""

    def __init__(self, language: TextLanguage) -> None:
        self._language = language
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._bar: tqdm[NoReturn] | None = None
        self._stage = ""

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` is done in a stage; total 0 when it is not known."""
        if not self._shown:
            return
        bar = self._bar
        if stage != self._stage or bar is None:
            self._end()
            bar = self._bar = self._begun(stage)
            self._stage = stage
        bar.total = total or None
        bar.update(done - bar.n)

    def _begun(self, stage: str) -> "tqdm[NoReturn]":
        label = text(self._language, stage) if stage in _STAGES else stage
        return tqdm(desc=label, leave=False, file=sys.stderr, dynamic_ncols=True)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
