"""Published files damaged on disk: cut, a page zeroed, a bit flipped, deleted, two swapped."""

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rag_app.index.store import Store
from tests.torture.judging import Bench

_PAGE = 4096
Damage = Callable[[Path, list[Path], random.Random], None]


def damage_files(bench: Bench, seed: int, count: int) -> Iterator[str]:
    """Damage one file of the live generation (or what points to it) after another; says which way each went."""
    dice = random.Random(seed)
    kinds = list(_DAMAGES)
    for number in range(count):
        files = _published(bench.data / "index")
        kind, victim = kinds[number % len(kinds)], dice.choice(files)
        bench.blow = f"damage {number} of seed {seed}: {kind} {victim.relative_to(bench.data)}"
        _DAMAGES[kind](victim, files, dice)
        bench.check_reader(bench.published, refusal=victim.name == "CURRENT")
        bench.check_newcomer(bench.published, refusal=True)
        bench.heal(calls=False)
        bench.check_newcomer(bench.published)
        if number % 10 == 9:
            bench.notes.change()
            bench.blow = f"the change after damage {number}"
            bench.heal()
        yield kind


def _published(index: Path) -> list[Path]:
    live = index / f"gen-{Store(index).current():06d}"
    inside = [path for path in live.rglob("*") if path.is_file() and path.stat().st_size]
    return sorted([*inside, index / "CURRENT", index / "PROVED.json"])


def _cut(victim: Path, files: list[Path], dice: random.Random) -> None:
    data = victim.read_bytes()
    victim.write_bytes(data[: dice.randrange(len(data))])


def _zero(victim: Path, files: list[Path], dice: random.Random) -> None:
    data = bytearray(victim.read_bytes())
    start = dice.randrange(0, len(data), _PAGE)
    data[start : start + _PAGE] = bytes(len(data[start : start + _PAGE]))
    victim.write_bytes(data)


def _flip(victim: Path, files: list[Path], dice: random.Random) -> None:
    data = bytearray(victim.read_bytes())
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    victim.write_bytes(data)


def _delete(victim: Path, files: list[Path], dice: random.Random) -> None:
    victim.unlink()


def _swap(victim: Path, files: list[Path], dice: random.Random) -> None:
    other = dice.choice([path for path in files if path != victim])
    aside = victim.with_name("aside")
    victim.rename(aside)
    other.rename(victim)
    aside.rename(other)


_DAMAGES: Mapping[str, Damage] = {
    "cut": _cut,
    "zero a page": _zero,
    "flip a bit": _flip,
    "delete": _delete,
    "swap": _swap,
}
