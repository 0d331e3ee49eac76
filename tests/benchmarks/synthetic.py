"""A synthetic corpus of any size: Korean and English notes of invented words, a passage a section."""

import random
from pathlib import Path

_SECTIONS = 20
_SYLLABLES = (
    "가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후기니디리미비시이지치키티피히"
)
_LETTERS = "aeiou", "bcdfghklmnprst"
_PARTICLES = ("은", "는", "이", "가", "을", "를", "에서", "으로", "의", "와", "과", "도")


def write_notes(folder: Path, chunks: int, seed: int) -> Path:
    """Notes of 20 sections each, about `chunks` passages in all; the folder. Equal seeds give equal notes."""
    dice = random.Random(seed)
    korean = ["".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4))) for _ in range(6000)]
    english = ["".join(dice.choice(_LETTERS[i % 2 == 0]) for i in range(dice.randint(4, 9))) for _ in range(6000)]
    folder.mkdir(parents=True)
    for note in range(-(-chunks // _SECTIONS)):
        words = korean if note % 2 else english
        sections = [f"## {_title(dice, words)} {part}\n\n{_passage(dice, words)}" for part in range(_SECTIONS)]
        text = "\n\n".join([f"# {_title(dice, words)} {note}", *sections])
        (folder / f"{note:05d}.md").write_text(text + "\n", encoding="utf-8")
    return folder


def write_variants(folder: Path, notes: Path, megabytes: float, seed: int) -> Path:
    """Copies of real Markdown files until there are so many megabytes; the folder. Equal seeds give equal copies.

    In each copy the words of every line of prose stand in another order and the headings have a number of their own, so
    that no passage is like that of another copy; code, tables and lists keep their lines.
    """
    dice = random.Random(seed)
    real = [(path.stem, path.read_text(encoding="utf-8")) for path in sorted(notes.rglob("*.md"))]
    folder.mkdir(parents=True)
    written = number = 0
    while written < 1e6 * megabytes:
        for stem, text in real:
            varied = _varied(dice, text, number).encode()
            (folder / f"{number:06d}-{stem}.md").write_bytes(varied)
            written, number = written + len(varied), number + 1
    return folder


def _varied(dice: random.Random, text: str, number: int) -> str:
    lines, in_code = [], False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif line.startswith("#") and not in_code:
            line = f"{line} {number}"
        elif line[:1].isalpha() and not in_code:
            words = line.split()
            line = " ".join(dice.sample(words, len(words)))
        lines.append(line)
    return "\n".join(lines)


def _title(dice: random.Random, words: list[str]) -> str:
    return " ".join(_draw(dice, words, 3))


def _passage(dice: random.Random, words: list[str]) -> str:
    sentences = []
    for _ in range(dice.randint(2, 4)):
        drawn = _draw(dice, words, dice.randint(6, 10))
        if words[0] >= "가":
            sentences.append(" ".join(word + dice.choice(_PARTICLES) for word in drawn) + " 있다.")
        else:
            sentences.append(" ".join(drawn).capitalize() + ".")
    return " ".join(sentences)


def _draw(dice: random.Random, words: list[str], count: int) -> list[str]:
    """Some words often, most seldom, as in a language (Zipf 1949: the share falls with the rank)."""
    return [words[int(len(words) ** dice.random()) - 1] for _ in range(count)]
