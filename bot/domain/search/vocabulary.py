"""Vocabulary: the stems of an index, to correct what is mistyped and complete what is begun."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Words from this length on are corrected, and from the next on by two letters.
_CORRECTED: Final = 4
_LONG: Final = 8
#: With so many changes it is quicker to sort anew.
_MANY: Final = 2000
_END: Final = "\U0010ffff"


class Vocabulary:
    """A set of words; changing it makes a new one."""

    __slots__ = ("_by_shape", "_sorted")

    def __init__(self) -> None:
        self._sorted: list[str] = []
        #: The words by their first letter and length.
        self._by_shape: dict[tuple[str, int], tuple[str, ...]] = {}

    def changed(self, changes: Mapping[str, bool]) -> Vocabulary:
        """The words with some new ones (True) and without others (False)."""
        if not changes:
            return self
        made = Vocabulary()
        made._sorted = _resorted(self._sorted, changes)
        made._by_shape = self._by_shape.copy()
        shapes: dict[tuple[str, int], list[str]] = {}
        for word in changes:
            shapes.setdefault((word[0], len(word)), []).append(word)
        for shape, touched in shapes.items():
            kept = set(self._by_shape.get(shape, ())).difference(touched)
            kept.update(word for word in touched if changes[word])
            made._by_shape[shape] = tuple(kept)
        return made

    def corrections(self, word: str) -> Iterator[tuple[int, str]]:
        """Words that a mistyped one may stand for, each with the number of slips."""
        if len(word) < _CORRECTED or not word.isalpha():
            return
        slips = 2 if len(word) >= _LONG else 1
        for length in range(max(_CORRECTED, len(word) - slips), len(word) + slips + 1):
            known = self._by_shape.get((word[0], length), ())
            found = process.extract(
                word, known, scorer=OSA.distance, score_cutoff=slips, limit=None
            )
            yield from ((int(distance), meant) for meant, distance, _ in found)

    def beginning(self, prefix: str) -> list[str]:
        """The words that begin so."""
        low = bisect_left(self._sorted, prefix)
        return self._sorted[low : bisect_left(self._sorted, prefix + _END, lo=low)]


def _resorted(known: list[str], changes: Mapping[str, bool]) -> list[str]:
    if len(changes) > _MANY:
        gone = {word for word, new in changes.items() if not new}
        return sorted([*(word for word in known if word not in gone), *changes.keys() - gone])
    made = known.copy()
    for word, new in changes.items():
        if new:
            insort(made, word)
        else:
            del made[bisect_left(made, word)]
    return made
