"""What a run has to do: the sources that are wanted set against those the index has; pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

HANDFUL = 4


@dataclass(frozen=True, slots=True)
class Known:
    """A source of the index within the scope of the run."""

    id: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file of the scan; `digest` is None when its bytes could not be read."""

    id: str
    name: str
    digest: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Source ids by what becomes of them, each in the order of the input.

    `read`: new or changed. `keep`: unchanged, or unreadable now. `remove`: gone. `moved`: (old, new) pairs of one
    content under another name; the old id stands in `remove` too, the new one in `read`.
    """

    read: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()

    @property
    def lost(self) -> int:
        """How many sources vanish without turning up elsewhere."""
        return len(self.remove) - len(self.moved)


def make_plan(
    have: Sequence[Known], wanted: Sequence[Wanted], *, unreached: Collection[str] = (), again: Collection[str] = ()
) -> Plan:
    """The difference between what is wanted and what is there.

    Sources below a folder of `unreached` are kept. `again` names ids that are read even if unchanged.
    """
    known = {source.id: source for source in have}
    wanted_ids = {source.id for source in wanted}
    read = tuple(s.id for s in wanted if s.digest is not None and (s.id in again or not _same(known.get(s.id), s)))
    gone = [s for s in have if s.id not in wanted_ids and not _below(s.name, unreached)]
    changed = {*read, *(source.id for source in gone)}
    return Plan(
        read=read,
        keep=tuple(source.id for source in have if source.id not in changed),
        remove=tuple(source.id for source in gone),
        moved=_moves(gone, [source for source in wanted if source.id not in known]),
    )


def would_shrink(plan: Plan, have: Sequence[Known]) -> bool:
    """Whether the plan loses so much that somebody should be asked: everything, or more than half of a handful and more."""
    if not plan.lost:
        return False
    nothing_left = not plan.read and not plan.keep
    return nothing_left or (len(have) >= HANDFUL and 2 * plan.lost > len(have))


def _same(known: Known | None, wanted: Wanted) -> bool:
    return known is not None and known.digest == wanted.digest


def _below(name: str, folders: Collection[str]) -> bool:
    return any(folder == "." or name.startswith(f"{folder}/") for folder in folders)


def _moves(gone: Sequence[Known], new: Sequence[Wanted]) -> tuple[tuple[str, str], ...]:
    """Pairs of equal bytes, each source in one pair at most."""
    waiting: dict[str, list[str]] = {}
    for source in reversed(new):
        if source.digest is not None:
            waiting.setdefault(source.digest, []).append(source.id)
    return tuple((source.id, waiting[source.digest].pop()) for source in gone if waiting.get(source.digest))
