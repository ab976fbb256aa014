"""Feedback: what readers tell the maintainers by a click, and never who told it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.answers.asked import ALL_STORIES, Asked, button
from bot.answers.finding import QUESTION_LIMIT
from bot.answers.marks import MARK
from bot.answers.sections import item
from bot.domain.gap import like, without_names
from bot.domain.gap_report import closed_by
from bot.domain.measure import fits
from bot.domain.reply import WORDS_LIMIT, Action, Note, Paragraph, Quote, Reply, clip, line
from bot.domain.search import searchable
from bot.domain.verbs import HELPFUL, TELL
from bot.store.database import UNAVAILABLE
from bot.store.feedback import Question

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.briefing import Story
    from bot.domain.entry import Entry
    from bot.domain.request import Request
    from bot.domain.stories import Stories
    from bot.store import Store


@dataclass(frozen=True, slots=True)
class Feedback:
    """Where what readers say is put down: at most `most` open gaps of one workspace."""

    store: Store
    now: Callable[[], datetime]
    most: int = 1000
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


def tell_button(asked: Asked, question: str) -> Action:
    """A button that tells the maintainers of a question, as told from the channel's story.

    Words that do not fit are kept beside the button's mark for as long as the bot runs.
    """
    scope = asked.stories.get(asked.command.story) or asked.here
    slug = scope.slug if scope else "-"
    lead = f"{TELL.name} {MARK} {slug}"
    if len(lead) + 1 + len(question) > WORDS_LIMIT:
        lead = f"{TELL.name} {asked.marks.keep(question)} {slug}"
    room = WORDS_LIMIT - len(lead) - 1
    return Action("Tell the maintainers", f"{lead} {clip(question, room)}")


def asks_whether_helpful(reply: Reply, entry: Entry) -> Reply:
    """The same answer, with the question whether it was helpful, if there is room for that."""
    yes, no = (f"{HELPFUL.name} {vote} {entry.story} {entry.key}" for vote in ("yes", "no"))
    votes = (button("Yes", yes), button("No", no))
    note = Note(line("Was this helpful?"))
    asking = replace(reply, blocks=(*reply.blocks, note), actions=(*votes, *reply.actions))
    return asking if fits(asking) and len(yes) <= WORDS_LIMIT else reply


async def answer(
    asked: Asked, request: Request, feedback: Feedback | None, everything: Stories
) -> Reply:
    """The answer to a click that tells something; `everything` knows which gaps are closed."""
    if feedback is None:
        return _said("Not taken down", "Nobody takes down here what readers say.")
    new = asked.marks.spend(request)
    try:
        if asked.command.verb is not TELL:
            return await _vote(asked, feedback, new=new)
        if known := _answered_by_now(asked):
            return known
        if not new:
            return _thanks(_question(asked), "is on the maintainers’ list already")
        return await _tell(asked, request, feedback, everything)
    except UNAVAILABLE:
        asked.marks.spend(request, back=True)
        away = "The maintainers’ list is out of reach just now. Please try again in a few minutes."
        return _said("Not taken down", away)


def _question(asked: Asked) -> str:
    """The question that a button tells."""
    mark, _, carried = [*asked.command.words.split(" ", 2), "", ""][:3]
    return without_names(asked.marks.question(mark) or carried)[:QUESTION_LIMIT]


def _told_of(asked: Asked) -> Story | None:
    """The story that a button tells a question of, if the asker may see it."""
    _, slug, *_ = [*asked.command.words.split(), ""]
    return asked.stories.get(slug)


def _answered_by_now(asked: Asked) -> Reply | None:
    """What has been written since the button was made, if it answers the question."""
    story = _told_of(asked)
    found = asked.stories.index.search(_question(asked), first=story.slug if story else None)
    hit = found.answer
    if hit is None:
        return None
    note = Note(line("By now there is an answer, so the maintainers were not told."))
    return item(asked.stories[hit.entry.story], hit.entry, asked, note)


async def _tell(asked: Asked, request: Request, feedback: Feedback, everything: Stories) -> Reply:
    story, text = _told_of(asked), _question(asked)
    if not searchable(text):
        return _said("Not taken down", "There is no question in this button. Please ask again.")
    tenant = f"{request.channel.platform}:{request.channel.workspace}"
    question = Question(tenant, story.slug if story else "", text)
    closed = set(await asyncio.to_thread(closed_by, everything))
    language = story.language if story else "en"
    async with feedback.turn:  # or two who ask the same at once would make two gaps
        known = await feedback.store.gaps(tenant=tenant, story=question.story)
        still_open = [gap for gap in known if gap.number not in closed]
        found = await asyncio.to_thread(like, text, still_open, asked.stories.index, language)
        question = replace(question, like=found.number if found else None)
        if await feedback.store.tell(question, closed, feedback.most, feedback.now()):
            return _thanks(text, "is on the maintainers’ list, without your name")
    asked.marks.spend(request, back=True)
    full = "The maintainers’ list is full for now. Please ask again in some days."
    return Reply("Not taken down", (Quote(line(text)), Paragraph(line(full))), (ALL_STORIES,))


def _thanks(text: str, what: str) -> Reply:
    said = f"Your question {what}. Once they write an answer, asking again will find it."
    return Reply("Thank you", (Quote(line(text)), Paragraph(line(said))), (ALL_STORIES,))


async def _vote(asked: Asked, feedback: Feedback, *, new: bool) -> Reply:
    """The answer again, in whose place this may be shown, with thanks."""
    vote, slug, key = asked.command.words.split()
    story = asked.stories.get(slug)
    entry = story.entry_by_key(key) if story else None
    if story is None or entry is None:
        return _said("Not counted", "The briefing does not hold this answer any more.")
    counted = "This is counted, without your name."
    if not new:
        counted = "This was counted already."
    else:
        await feedback.store.vote(slug, key, yes=vote == "yes", now=feedback.now())
        if vote == "no":
            counted += " The maintainers will see that this answer could be better."
    return item(story, entry, asked, Note(line(f"Thank you. {counted}")))


def _said(title: str, sentence: str) -> Reply:
    return Reply(title, (Paragraph(line(sentence)),), (ALL_STORIES,))
