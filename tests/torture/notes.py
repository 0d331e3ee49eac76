"""A small folder of notes that changes from round to round, and what an index of it must say."""

import random
from collections.abc import Mapping
from pathlib import Path

PARAGRAPHS = 4
_FEWEST, _MOST = 5, 9

State = Mapping[str, str]
"""File name -> text."""


class Notes:
    """Notes whose every paragraph names its note and its version, so that a mixture of two versions shows."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self._dice = random.Random(seed)
        self._versions: dict[int, int] = {}
        self._moved: dict[int, int] = {}
        self._next = 0
        folder.mkdir(parents=True, exist_ok=True)
        for _ in range(_FEWEST + 1):
            self._add()
        self._write()

    @property
    def state(self) -> State:
        """What the folder holds now."""
        return {self._name(note): _text(note, version) for note, version in self._versions.items()}

    @property
    def questions(self) -> list[str]:
        """One question for each note; the note itself must be among the hits."""
        return [_word(note) for note in sorted(self._versions)]

    def change(self) -> None:
        """Edit two notes; then add, remove or rename one."""
        for note in self._dice.sample(sorted(self._versions), 2):
            self._versions[note] += 1
        one = self._dice.choice(sorted(self._versions))
        match self._dice.choice(["add", "remove", "rename"]):
            case "add" if len(self._versions) < _MOST:
                self._add()
            case "remove" if len(self._versions) > _FEWEST:
                del self._versions[one]
            case _:
                self._moved[one] = self._moved.get(one, 0) + 1
        self._write()

    def _add(self) -> None:
        self._versions[self._next] = 1
        self._next += 1

    def _name(self, note: int) -> str:
        moved = self._moved.get(note, 0)
        return f"노트 {note}{f' ({moved})' if moved else ''}.md"

    def _write(self) -> None:
        wanted = self.state
        for path in self.folder.iterdir():
            if path.name not in wanted:
                path.unlink()
        for name, text in wanted.items():
            path = self.folder / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")


def _word(note: int) -> str:
    return f"note{note}x"


def _text(note: int, version: int) -> str:
    paragraphs = [
        f"## {part}장\n\n{_word(note)} 판{version}의 {part}째 대목이다. Part {part} of version {version} of this note speaks of {_word(note)}."
        " 한 대목이 혼자 설 만큼은 길어야 하므로 문장을 하나 더 적어 둔다. One more sentence keeps the passage on its own."
        for part in range(1, PARAGRAPHS + 1)
    ]
    return "\n\n".join([f"# {_word(note)}", *paragraphs])
