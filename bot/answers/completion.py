"""Completion: ways on from what someone is typing, at a cost that does not grow with stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answers.digests import complete_digest
from bot.domain.names import fold
from bot.domain.reply import MENU_LIMIT, WORDS_LIMIT, Option, clip
from bot.domain.search import searchable
from bot.domain.sections import SECTIONS
from bot.domain.sections.faq import Faq
from bot.domain.sections.open_questions import OpenQuestion
from bot.domain.verbs import ASK, DIGEST, HELP, STORIES, USE, VERBS, Verb, verb_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.briefing import Story
    from bot.domain.entry import Entry
    from bot.domain.request import Request
    from bot.domain.stories import Stories

_SECTION_OF: Final = {section.verb: section for section in SECTIONS}
#: The sections whose titles are questions.
_QUESTIONS: Final = (Faq.section, OpenQuestion.section)
#: So many suggestions of any section are looked at for questions.
_LOOKED_AT: Final = 100


def complete(request: Request, stories: Stories, here: Story | None) -> list[Option]:
    """At most 25 options. An option's `words` are what would then stand after `/brief`.

    What only moderators may ask is offered to nobody else.
    """
    words = request.words.lstrip()
    first, gap, rest = words.partition(" ")
    verb = verb_named(first) if gap else None
    if verb is None:
        typed = words.strip()
        verbs = [] if gap else [*_verbs(first, moderator=request.moderator)]
        return [*verbs, *_stories("", typed, stories)][:MENU_LIMIT]
    if verb.moderators and not request.moderator:
        return []
    if verb is DIGEST:
        return complete_digest(rest, stories, request.zone)
    if verb is ASK:
        story, typed = _named(rest, stories)
        return [*_questions(story, typed, stories, here)][:MENU_LIMIT]
    if verb in (HELP, STORIES):
        return []
    if verb is USE:
        return [*_stories(verb.name, rest.strip(), stories), *_no_story(rest)][-MENU_LIMIT:]
    story, typed = _named(rest, stories)
    if story:
        return [*_entries(verb, story, typed, stories)][:MENU_LIMIT]
    entries = [*_entries(verb, here, rest, stories)] if here and rest.strip() else []
    return [*_stories(verb.name, rest.strip(), stories), *entries][:MENU_LIMIT]


def _no_story(typed: str) -> Iterator[Option]:
    if "nothing".startswith(typed.strip().casefold()):
        yield Option("No story of its own", "use nothing", "nothing")


def _named(rest: str, stories: Stories) -> tuple[Story | None, str]:
    """The story whose slug is the first word, once a space follows it, and what comes after."""
    slug, gap, typed = rest.lstrip().partition(" ")
    return (stories.get(slug.casefold()), typed) if gap else (None, rest)


def _verbs(typed: str, *, moderator: bool) -> Iterator[Option]:
    for verb in VERBS:
        allowed = moderator or not verb.moderators
        if allowed and typed and verb.name.startswith(typed.casefold()):
            yield Option(f"{verb.name} — {verb.summary}", verb.name, verb.name)


def _stories(verb: str, typed: str, stories: Stories) -> Iterator[Option]:
    if fold(typed):
        found = [stories.get(slug) for slug in stories.names.complete(typed, MENU_LIMIT)]
    else:
        found = list(stories.latest(0, MENU_LIMIT))
    for story in found:
        if story:
            words = f"{verb} {story.slug}".strip()
            yield Option(clip(story.briefing.title, 90), words, story.slug)


def _entries(verb: Verb, story: Story, typed: str, stories: Stories) -> Iterator[Option]:
    section = _SECTION_OF.get(verb.name)
    if section is None:
        return
    if searchable(typed):
        within = [story.slug]
        found = stories.index.suggest(typed, within=within, section=section, limit=MENU_LIMIT)
    else:
        found = list(story.entries(section))
    for entry in found:
        yield Option(clip(entry.label, 90), entry.words, entry.id)


def _questions(
    named: Story | None, typed: str, stories: Stories, here: Story | None
) -> Iterator[Option]:
    """Questions that may be meant: of a named story alone, else the channel's own first."""
    if not searchable(typed):
        return
    suggest, own = stories.index.suggest, named or here
    found = suggest(typed, within=[own.slug], limit=_LOOKED_AT) if own else []
    if named is None:
        found = [*found, *suggest(typed, limit=_LOOKED_AT)]
    lead = f"{ASK.name} {named.slug}" if named else ASK.name
    questions: dict[str, Entry] = {}
    for entry in found:
        if entry.section in _QUESTIONS:
            questions.setdefault(f"{lead} {entry.title}", entry)
    for words, entry in questions.items():
        if len(words) <= WORDS_LIMIT:
            yield Option(clip(entry.title, 90), words, entry.id)
