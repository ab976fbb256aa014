"""Story lists: of which stories a text speaks, before it says what it wants of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.domain.names import fold
from bot.domain.terms import starts_clause
from bot.domain.words import AND, NotUnderstoodError, Refusal, Words, quoted, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.request import Names

#: A story's name is sought among this many words.
_NAME_WORDS: Final = 12
_MOST_STORIES: Final = 50
_AND: Final = re.compile(r"\s(?:and|&)\s", re.IGNORECASE)
_EXAMPLE: Final = "at 09:00 on weekdays"
#: What is often typed for `all`.
_ALL: Final = frozenset(
    (
        *("everything", "every story", "any", "any story", "each story", "the stories", "stories"),
        *("all", "all stories", "all the stories", "all of them", "all of the stories", "whatever"),
        *("all topics", "every topic", "all news", "all story", "all storys"),
    )
)
_NOT: Final = re.compile(r"(?:except|but|without|excluding|not|minus)\b(?: for)?", re.IGNORECASE)
#: What people put between stories, and spaces.
_BETWEEN: Final = " +;/|"


class Head(NamedTuple):
    """The stories that a text begins with (none: all), and the place of the first word after them.

    `by_slug` means that nothing but slugs names them.
    """

    stories: tuple[str, ...]
    end: int
    by_slug: bool = False


def whole_names(words: Words, names: Names) -> Iterator[Head]:
    """Each way to read `all`, or whole names of stories, at the start; the longest first."""
    words.place = 0
    if words.take("all stories", "all"):
        yield Head((), words.place, by_slug=True)
    yield from _listed(words, names, 0, ())


def _listed(
    words: Words, names: Names, start: int, said: tuple[str, ...], *, by_slug: bool = True
) -> Iterator[Head]:
    for end in range(min(start + _NAME_WORDS, len(words)), start, -1):
        name = words.said(start, end)
        slug = names.exact(name) if any(map(str.isalnum, words.word(end - 1))) else None
        if slug and len(said) < _MOST_STORIES and (said or name.casefold() != "all"):
            literal = by_slug and name.casefold() == slug
            words.place = end
            if words.take(*AND):
                yield from _listed(words, names, words.place, (*said, slug), by_slug=literal)
            yield Head(tuple(dict.fromkeys((*said, slug))), end, literal)


def parts_of_names(words: Words, names: Names) -> Head:
    """The stories that the words before the first clause name, if only by a part of their names."""
    words.place = 0
    while words.left and not starts_clause(words.peek()):
        words.place += 1
    end = words.place
    pieces = [piece.strip() for piece in words.said(0, end).split(",")]
    if not any(pieces):
        what = "It does not say of which stories"
        raise refuse(what, "write all, or their names, first", _EXAMPLE)
    if fold(words.said(0, end)) in _ALL:
        what = f"I know no story {quoted(words.said(0, end))}"
        way = words.way("all", (0, end))
        raise refuse(what, "write all, if you mean every story", _EXAMPLE, way)
    slugs = [slug for piece in pieces if piece for slug in _named(piece, names)]
    return Head(tuple(dict.fromkeys(slugs)), end)


def more_names(words: Words, start: int, end: int, names: Names) -> None:
    """Refuse words after the stories that name more of them, or some that are not meant.

    Raises:
        NotUnderstoodError: they name a story.
    """
    said = words.said(start, end)
    bare = _NOT.sub("", said).strip(_BETWEEN)
    named = bare and (names.exact(bare) or len(names.named(bare)) == 1)
    if named and _NOT.match(said):
        what = f"I do not understand {quoted(said)}"
        remedy = "name the stories that it is to tell of"
        raise NotUnderstoodError(Refusal(what, remedy, _EXAMPLE, (said,)))
    if named:
        what = f"{quoted(said)} stands behind other stories, without a comma or “and”"
        way = words.way(f"and {bare}", (start, end))
        remedy = "put commas between stories"
        raise NotUnderstoodError(Refusal(what, remedy, _EXAMPLE, (said,), (way,)))


def _named(piece: str, names: Names) -> list[str]:
    """The stories that are named, perhaps by a part of their names, with `and` between them."""
    found = names.named(piece)
    if len(found) == 1:
        return [found[0]]
    if found:
        what, remedy = f"{quoted(piece)} fits several stories", f"write {' or '.join(found[:3])}"
        raise NotUnderstoodError(Refusal(what, remedy, _EXAMPLE, (piece,)))
    parts = _AND.split(piece)
    if len(parts) > 1:
        return [slug for part in parts for slug in _named(part, names)]
    what, remedy = f"I know no story {quoted(piece)}", "write all, or the name of a story"
    raise NotUnderstoodError(Refusal(what, remedy, _EXAMPLE, (piece,)))
