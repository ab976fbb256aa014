"""The verbs of `/brief`: one table that the parser, the help and Discord's subcommands all read."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.sections import SECTIONS


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be asked.

    `words` says what the words after it mean (empty: it takes none); `story` whether it takes a
    story; `moderators` whether only they may ask it.
    """

    name: str
    summary: str
    words: str = ""
    story: bool = True
    synonyms: tuple[str, ...] = ()
    moderators: bool = False


STORY = Verb("story", "A story at a glance", synonyms=("card", "summary"))
STORIES = Verb("stories", "Every story, with its bottom line", story=False, synonyms=("list",))
SOURCES = Verb("sources", "Where a story's statements come from", synonyms=("source",))
CHANGES = Verb("changes", "What changed in a briefing, and when", synonyms=("changelog",))
ASK = Verb("ask", "Ask a question in your own words", words="question", synonyms=("tell",))
SEARCH = Verb(
    "search", "Find what the briefings say about some words", words="words", synonyms=("find",)
)
HELP = Verb("help", "What you can type here", story=False, synonyms=("?",))
DIGEST = Verb(
    "digest", "Schedule digests into this channel", words="digest", story=False, moderators=True
)
USE = Verb("use", "Make a story this channel's own", moderators=True)

#: What only buttons ask, under an answer to a question.
TELL = Verb("tell", "Tell the maintainers of a question that nothing answers", words="question")
HELPFUL = Verb("helpful", "Say whether an answer was helpful", words="yes or no")

VERBS: tuple[Verb, ...] = (
    STORY,
    *(
        Verb(section.verb, section.summary, words=section.words, synonyms=section.synonyms)
        for section in SECTIONS
    ),
    SOURCES,
    CHANGES,
    ASK,
    SEARCH,
    STORIES,
    HELP,
    DIGEST,
    USE,
)

#: What people type after `digest`: `words` says what follows. Synonyms are offered, not taken.
DIGEST_VERBS: tuple[Verb, ...] = (
    Verb(
        "add",
        "Plan a new digest; nothing is saved before you confirm",
        words="stories and times",
        synonyms=("new", "create", "schedule", "plan", "subscribe"),
    ),
    Verb(
        "list",
        "The digests of this channel, and what needs a look",
        synonyms=("ls", "status", "overview", "settings"),
    ),
    Verb(
        "show",
        "One digest: what it does, its next runs, how it went",
        words="number",
        synonyms=("info", "view", "open", "next"),
    ),
    Verb("preview", "The message that would go out now", words="number", synonyms=("test", "try")),
    Verb(
        "now",
        "Post a digest at once, after a look at it",
        words="number",
        synonyms=("post", "send", "run"),
    ),
    Verb(
        "pause",
        "Let a digest rest until it is resumed",
        words="number",
        synonyms=("stop", "disable", "off", "mute"),
    ),
    Verb(
        "resume",
        "Let a digest run again",
        words="number",
        synonyms=("start", "unpause", "enable", "on", "unmute", "continue"),
    ),
    Verb(
        "edit",
        "Change a digest",
        words="number and changes",
        synonyms=("change", "update", "modify"),
    ),
    Verb(
        "delete",
        "Delete a digest, after asking",
        words="number",
        synonyms=("remove", "cancel", "unsubscribe", "rm"),
    ),
    Verb("history", "What became of the digests here", words="[number]", synonyms=("log",)),
    Verb("why", "Why a digest came, came late or did not come", words="[number of a run]"),
    Verb("help", "What you can type after digest", synonyms=("?", "usage")),
)

_BY_WORD = {word: verb for verb in VERBS for word in (verb.name, *verb.synonyms)}


def verb_named(word: str) -> Verb | None:
    """The verb that this word means, in any case of letters."""
    return _BY_WORD.get(word.casefold().rstrip(",:;."))


def verb_words() -> tuple[str, ...]:
    """Every word that means a verb."""
    return tuple(_BY_WORD)
