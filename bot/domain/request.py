"""Request: what someone asked, by typing, by button or by form; Command: the same, understood."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from bot.domain.verbs import (
    ASK,
    DIGEST,
    HELP,
    HELPFUL,
    SEARCH,
    STORIES,
    STORY,
    TELL,
    VERBS,
    Verb,
    verb_named,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A story's name and an item's id are sought among this many first words; the rest is free text.
_NAME_WORDS = 12
#: Verbs that are understood wherever they stand, for few questions hold them by chance.
_ANYWHERE = tuple(
    verb
    for verb in VERBS
    if verb.story and verb not in (STORY, ASK, SEARCH) and verb.name != "points"
)
#: Commands of the platforms, and the words that they stand for.
_COMMANDS = {"/brief": [], "/digest": [DIGEST.name]}
#: What follows `digest` where a wish does.
_WISHES = frozenset(("add", "edit"))
#: A verb, `page` and its number, at least.
_PAGED_WORDS = 3
_PAGE_DIGITS = 4
#: What stands after `tell` in a button, and after `helpful`.
_MARK = re.compile(r"~[\w-]{0,16}")
_CHANNEL = re.compile(r"(?P<platform>[a-z]+):(?P<workspace>[^/\s]+)/(?P<id>[^/\s]+)")


@dataclass(frozen=True, slots=True)
class Channel:
    """Where people talk. The workspace (Slack team, Discord guild) is the tenant."""

    platform: str
    workspace: str
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.workspace}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> Channel:
        """The channel written as `slack:T1/C1`.

        Raises:
            ValueError: the text is not of that form.
        """
        match = _CHANNEL.fullmatch(text)
        if not match:
            message = f"{text!r} is not a channel; write platform:workspace/id, as in slack:T1/C1"
            raise ValueError(message)
        return cls(**match.groupdict())


@dataclass(frozen=True, slots=True)
class Request:
    """The words after `/brief`, who asked them, and where.

    `user` is the platform's id; `user_name` is how people know them, shown when they share an
    answer. `zone` is the reader's IANA time zone where the platform tells it.
    """

    words: str
    channel: Channel
    user: str = ""
    user_name: str = ""
    moderator: bool = False
    locale: str = "en"
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A request, understood.

    `story` is a slug; where `name` fits more than one story, `maybe` holds their slugs. `verb` is
    None where no verb could be made out: `words` is then what was not understood.
    """

    verb: Verb | None
    story: str | None = None
    words: str = ""
    page: int = 1
    shared: bool = False
    maybe: tuple[str, ...] = ()
    name: str = ""


class Names(Protocol):
    """What the parser must know of the stories."""

    def exact(self, words: str) -> str | None:
        """The slug of the story with this slug, alias or title."""

    def named(self, words: str) -> tuple[str, ...]:
        """The slugs of the stories that these words name, wholly or in part."""

    def part(self, words: str) -> str | None:
        """The slug of the one story that has just these words, in a row, in a name."""


def parse(words: str, names: Names) -> Command:
    """Understand the words after `/brief`. Verb and story may come in either order."""
    tokens = words.split()
    if tokens and tokens[0].startswith("/") and tokens[0].casefold() in _COMMANDS:
        tokens[0:1] = _COMMANDS[tokens[0].casefold()]
    shared = len(tokens) > 1 and tokens[0].casefold() == "share"
    if clicked := _clicked(tokens):
        return Command(clicked, words=" ".join(tokens[1:]))
    tokens, page = _take_page(tokens[1:] if shared else tokens)
    command = _understand(tokens, names)
    return replace(command, page=page, shared=shared)


def _clicked(tokens: list[str]) -> Verb | None:
    """What a button tells, if these words are one's: nobody types them by chance."""
    match tokens:
        case [TELL.name, mark, *_] if _MARK.fullmatch(mark):
            return TELL
        case [HELPFUL.name, "yes" | "no", _, key] if "/" in key:
            return HELPFUL
    return None


def _take_page(tokens: list[str]) -> tuple[list[str], int]:
    """The tokens without a closing `page 3`, and the page.

    A question keeps all its words, and so does a wish for digests, where nothing is overlooked.
    """
    verb = verb_named(tokens[0]) if tokens else None
    wishes = verb is DIGEST and len(tokens) > 1 and tokens[1].casefold() in _WISHES
    if verb is ASK or wishes or len(tokens) < _PAGED_WORDS or tokens[-2].casefold() != "page":
        return tokens, 1
    number = tokens[-1]
    if not (number.isascii() and number.isdecimal() and len(number) <= _PAGE_DIGITS):
        return tokens, 1
    return tokens[:-2], max(1, int(number))


def _understand(tokens: list[str], names: Names) -> Command:
    if not tokens:
        return Command(STORY)
    verb = verb_named(tokens[0])
    if verb:
        return _with_verb(verb, tokens[1:], names)
    story = names.exact(" ".join(tokens))
    if story:
        return Command(STORY, story)
    for place in range(1, min(len(tokens), _NAME_WORDS)):
        found = verb_named(tokens[place])
        name = " ".join(tokens[:place])
        if found and (slugs := names.named(name)):
            return _for_stories(found, slugs, name, " ".join(tokens[place + 1 :]))
    name = " ".join(tokens[:_NAME_WORDS])
    if slugs := names.named(name):
        return _for_stories(STORY, slugs, name)
    for place in range(1, len(tokens)):
        found = verb_named(tokens[place])
        if found in _ANYWHERE:
            return _with_verb(found, tokens[:place] + tokens[place + 1 :], names)
    story, rest = _leading_story(tokens, names)
    return Command(None, story, rest)


def _with_verb(verb: Verb, rest: list[str], names: Names) -> Command:
    words = " ".join(rest)
    if verb in (HELP, STORIES, DIGEST):
        return Command(verb, words=words)
    if verb in (ASK, SEARCH):
        # Only a slug in first place scopes a question: other names may be part of the question.
        story = names.exact(rest[0]) if len(rest) > 1 else None
        if story is not None and story == rest[0].casefold():
            return Command(verb, story, " ".join(rest[1:]))
        return Command(verb, words=words)
    story, left = _leading_story(rest, names)
    if story is None:
        story, left = _closing_story(rest, names)
    if story or not rest:
        return Command(verb, story, left)
    slugs = names.named(words)
    return _for_stories(verb, slugs, words) if slugs else Command(verb, None, words)


def _for_stories(verb: Verb, slugs: Sequence[str], name: str, words: str = "") -> Command:
    if len(slugs) == 1:
        return Command(verb, slugs[0], words)
    return Command(verb, None, words, maybe=tuple(slugs), name=name)


def _leading_story(tokens: list[str], names: Names) -> tuple[str | None, str]:
    """The story that the first words name, and the words after it.

    A slug in first place wins, as in a button's words; then the longest name, then a part of one.
    """
    first = tokens[0].casefold() if tokens else ""
    if first and names.exact(first) == first:
        return first, " ".join(tokens[1:])
    for find, most in ((names.exact, len(tokens)), (names.part, len(tokens) - 1)):
        for end in range(min(most, _NAME_WORDS), 0, -1):
            story = find(" ".join(tokens[:end]))
            if story:
                return story, " ".join(tokens[end:])
    return None, " ".join(tokens)


def _closing_story(tokens: list[str], names: Names) -> tuple[str | None, str]:
    """The story that the longest run of last words names exactly, and the words before it."""
    for start in range(max(1, len(tokens) - _NAME_WORDS), len(tokens)):
        story = names.exact(" ".join(tokens[start:]))
        if story:
            return story, " ".join(tokens[:start])
    return None, " ".join(tokens)
