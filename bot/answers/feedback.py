"""Feedback: what readers tell the maintainers by a click, and never who told it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from bot.answers.asked import ALL_STORIES, Asked, button
from bot.answers.sections import item
from bot.domain.gap import like, without_names
from bot.domain.gap_report import closed_by
from bot.domain.measure import fits
from bot.domain.reply import WORDS_LIMIT, Action, Note, Paragraph, Quote, Reply, clip, line
from bot.domain.search import searchable
from bot.domain.verbs import HELPFUL, TELL
from bot.store.database import UNAVAILABLE
from bot.store.feedback import Outcome, Question

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.entry import Entry
    from bot.domain.request import Request
    from bot.domain.stories import Stories
    from bot.store import Store

#: Longest question that is put down.
_QUESTION_LIMIT: Final = 300


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
    mark = asked.marks.new()
    lead = " ".join(filter(None, (TELL.name, mark, scope.slug if scope else "-")))
    room = WORDS_LIMIT - len(lead) - 1
    if len(question) > room:
        asked.marks.keep(mark, question)
    return Action("Tell the maintainers", f"{lead} {clip(question, room)}")


def asks_whether_helpful(reply: Reply, entry: Entry, asked: Asked) -> Reply:
    """The same answer, with the question whether it was helpful, if there is room for that."""
    mark = asked.marks.new()
    yes, no = (f"{HELPFUL.name} {mark} {vote} {entry.story} {entry.key}" for vote in ("yes", "no"))
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
    try:
        if asked.command.verb is TELL:
            return await _tell(asked, request, feedback, everything)
        return await _vote(asked, feedback)
    except UNAVAILABLE:
        away = "The maintainers’ list is out of reach just now. Please try again in a few minutes."
        return _said("Not taken down", away)


async def _tell(asked: Asked, request: Request, feedback: Feedback, everything: Stories) -> Reply:
    mark, _, rest = asked.command.words.partition(" ")
    slug, _, carried = rest.partition(" ")
    story = asked.stories.get(slug)
    text = without_names(asked.marks.question(mark) or carried)[:_QUESTION_LIMIT]
    if not searchable(text):
        return _said("Not taken down", "There is no question in this button. Please ask again.")
    tenant = f"{request.channel.platform}:{request.channel.workspace}"
    question = Question(tenant, story.slug if story else "", text)
    closed = set(closed_by(everything))
    async with feedback.turn:  # or two who ask the same at once would make two gaps
        known = await feedback.store.gaps(tenant=tenant, story=question.story)
        still_open = [gap for gap in known if gap.number not in closed]
        language = story.language if story else "en"
        found = await asyncio.to_thread(like, text, still_open, asked.stories.index, language)
        question = replace(question, like=found.number if found else None)
        outcome = await feedback.store.tell(mark, question, closed, feedback.most, feedback.now())
    return _told(outcome, text)


def _told(outcome: Outcome, text: str) -> Reply:
    quote = Quote(line(text))
    if outcome is Outcome.FULL:
        full = "The maintainers’ list is full for now. Please ask again in some days."
        return Reply("Not taken down", (quote, Paragraph(line(full))), (ALL_STORIES,))
    again = "Your question is on the maintainers’ list already."
    new = "Your question is on the maintainers’ list, without your name."
    lead = again if outcome is Outcome.AGAIN else new
    hope = "Once they write an answer, asking again will find it."
    return Reply("Thank you", (quote, Paragraph(line(f"{lead} {hope}"))), (ALL_STORIES,))


async def _vote(asked: Asked, feedback: Feedback) -> Reply:
    """The answer again, in whose place this may be shown, with thanks."""
    mark, vote, slug, key = [*asked.command.words.split(), "", "", ""][:4]
    story = asked.stories.get(slug)
    entry = next((one for one in story.entries() if one.key == key), None) if story else None
    if story is None or entry is None or vote not in ("yes", "no"):
        return _said("Not counted", "The briefing does not hold this answer any more.")
    outcome = await feedback.store.vote(mark, slug, key, yes=vote == "yes", now=feedback.now())
    counted = "This is counted, without your name."
    if outcome is Outcome.AGAIN:
        counted = "This was counted already."
    elif vote == "no":
        counted += " The maintainers will see that this answer could be better."
    return item(story, entry, asked, Note(line(f"Thank you. {counted}")))


def _said(title: str, sentence: str) -> Reply:
    return Reply(title, (Paragraph(line(sentence)),), (ALL_STORIES,))
