"""How the letters of an English word may sound when Koreans write it: one table, each sound with what it costs.

Sounds are written as in `transliteration`: small letters begin a syllable, K P T N end one, A is ㅓ and E is ㅐ.

Source: the loanword rules of the National Institute of Korean Language, chapter 3, section 1, with the liberties that
technical writing takes; costs chosen on the pairs of tests/test_transliteration.py.
"""

from collections.abc import Iterator
from functools import lru_cache

Reading = tuple[str, tuple[tuple[str, float], ...]]
"""Letters that are read together, and the sounds that they may have, each with its cost."""

_RULES = """
a      a E e:.05 A:.1 ei:.05 o:.2 i:.3
ai     ei e:.1 E:.1
ay     ei e:.1
au     o au:.2
aw     o
e      e i:.1 A:.1 E:.1 _:.25
e$     _ e:.1 i:.3
en$    n:.05 en in:.1 An:.1
ea     i e ia:.1 iE:.1
ee     i
ei     ei i ai:.1
eu     yu u:.1
ew     yu u
ey     i ei:.1
i      i ai:.05 A:.3 y:.2
ie     i ai:.1
igh    ai
o      o A:.1 a:.1 u:.3 ou:.2 wA:.5 _:.3
oa     o oa:.1
on$    n:.05 An:.05 on
oi     oi
oy     oi
oo     u o:.3
ou     au u A:.1 o:.2
ow     au o ou:.2
u      A u yu a:.2 i:.4 wi:.3 w:.1
ui     i:.1 wi:.1 u:.1
y      i ai:.05
^y     y
er%    A
ar%    a A:.1 o:.2
or%    o A
ir%    A
ur%    A
yr%    A:.1
ear%   iA A:.1
eer%   iA
air%   eA EA:.1
are$   eA EA:.1
ire$   aiA
ore$   o oA
ure$   yuA yA:.1 A:.1 uA:.1
our%   auA oA:.1 o:.1 A:.1
r      l
r%     _:.05 A:.2 l:.3
rr     l
re$    A:.1 _:.1
wr     l
rh     l
l      l _:.6
ll     l
le$    l Al:.1
les$   lj ls
alk    oK ok
b      b P p:.4
bb     b P
mb$    m
c      k K g:.4
c&     s
cc     k K
cc&    Ks ks
ck     k K
ch     c k:.1 K:.1 s:.3
ch%    ci c:.1 k:.1 K:.1
che$   si syu:.2 c:.2
tch    c Tc:.1
tch%   ci Tci:.1 c:.1
sch    sk
cial   syAl
tial   syAl
cian   syAn
d      d T:.1 t:.4
du     dyu ju:.1 jyu:.1 dA du
dd     d T:.1
dg&    j Tj:.05
dge    ji Tji:.1 j:.05
dge$   ji Tji:.1
f      p P:.1 h:.4
ff     p P:.1
g      g K k:.4
g&     j g:.05
gg     g K
ge$    ji
gh     _ g:.2 p:.4
gn$    n
gu     g gw:.1 gA gu gyu:.1
h      h _:.2
j      j
k      k K g:.4
^kn    n
m      m n:.6
mm     m mm
n      n
nn     n nn
nk     Nk NK:.1 nk:.1
nc     nk Nk
nc&    ns
ng     N Ng ng:.1
ng&    nj N:.1 Ng:.1
nx     NKs:.1 Nks
p      p P b:.4
ph     p
pp     p P
^ps    s
^pn    n
q      k K
qu     kw k:.1 ku:.1
que$   k K
s      s j:.05 sy:.2
s$     s j:.05
sc&    s
sh     s sy
sh%    si swi:.1 syu:.3
ss     s sy:.2
sion   jAn syAn
ssion  syAn
sure   jA syuA
t      t T d:.4
tt     t T
tion   syAn cAn:.1
ture   cA cyA tyuA:.1
tu     tyu cu:.1 tA tu cyu:.2
th     s d:.1 t:.1 T:.2
tz     c cu tj:.1
v      b p:.4
w      w u:.2 _:.3
wh     w hw h:.2
x      Ks ks gj:.05 Kj:.05
^x     j
z      j s:.3
zz     j
|      _
"""
# ^ at the beginning, $ at the end of a word or part, % where no vowel follows, & before e, i, y; _ is no sound.

_LONGEST = max(len(line.split()[0].strip("^$%&")) for line in _RULES.strip().splitlines())
_ONE_SOUND = frozenset(["ee", "oo", "ay", "oy", "ey", "aw", "sh", "ck"])  # never read as two letters


def readings_at(parts: str, at: int) -> tuple[Reading, ...]:
    """The letters of an English word (small, `|` between its parts) that may be read together from this place on."""
    return _readings(parts[at : at + _LONGEST + 1], at == 0 or parts[at - 1] == "|")


@lru_cache(maxsize=50_000)
def _readings(letters_on: str, begins: bool) -> tuple[Reading, ...]:
    """Of the letters from a place on, as many as a rule may look at; `begins` when a part of the word begins there."""
    return tuple(_fitting(letters_on, begins))


def _fitting(letters_on: str, begins: bool) -> Iterator[Reading]:
    """The rules whose letters stand here; one that names its surroundings goes before the bare one."""
    start = letters_on[:2]
    taken: set[str] = {letters_on[0]} if start in _ONE_SOUND else set()
    for letters, mark, readings in _rules_for(start):
        if letters in taken or not letters_on.startswith(letters):
            continue
        following = letters_on[len(letters) : len(letters) + 1]
        fits = (
            not mark
            or (mark == "^" and begins)
            or (mark == "$" and following in ("", "|"))
            or (mark == "%" and (not following or following not in "aeiouy"))
            or (mark == "&" and following != "" and following in "eiy")
        )
        if fits:
            taken.add(letters)
            yield letters, readings


@lru_cache(maxsize=1024)
def _rules_for(start: str) -> tuple[tuple[str, str, tuple[tuple[str, float], ...]], ...]:
    """The rules whose letters may begin with this letter, or with these two."""
    return tuple(rule for rule in _table()[start[0]] if start.startswith(rule[0][:2]))


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[tuple[str, str, tuple[tuple[str, float], ...]], ...]]:
    """The rules by first letter: (letters, where, readings with their costs), those with a `where` first."""
    table: dict[str, list[tuple[str, str, tuple[tuple[str, float], ...]]]] = {}
    for line in _RULES.strip().splitlines():
        name, *entries = line.split()
        letters = name.strip("^$%&")
        readings = []
        for entry in entries:
            heard, _, cost = entry.partition(":")
            readings.append((heard.replace("_", ""), float(cost or 0)))
        table.setdefault(letters[0], []).append((letters, name.replace(letters, ""), tuple(readings)))
    return {letter: tuple(sorted(rules, key=lambda rule: not rule[1])) for letter, rules in table.items()}
