"""Asking: the answer that the maintainers wrote to a question, or that they wrote none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answers.asked import (
    ALL_STORIES,
    Asked,
    button,
    did_you_mean,
)
from bot.answers.feedback import asks_whether_helpful, tell_button
from bot.answers.finding import QUESTION_LIMIT, nothing_asked
from bot.answers.sections import entry_body, entry_menu, item
from bot.answers.silence import is_silent
from bot.domain.measure import entry_weight
from bot.domain.provenance import provenance
from bot.domain.reply import (
    Block,
    Heading,
    Note,
    Paragraph,
    Quote,
    Reply,
    clip,
    line,
)
from bot.domain.search import searchable
from bot.domain.sections.open_questions import OpenQuestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.briefing import Story
    from bot.domain.entry import Entry
    from bot.domain.search import Hit

#: Of this share of the best score is an entry about as good as the best.
_ABOUT_AS_GOOD: Final = 0.9
#: Room for two entries in one message, their sources beside them.
_TWO_WEIGHT: Final = 1600
_LOOKED_AT: Final = 12
_NEAREST: Final = 3
_OTHERS: Final = 5


def ask(asked: Asked) -> Reply:
    """The best answer that the maintainers wrote, whole; or that the briefing has none."""
    words = " ".join(asked.command.words.split())
    question = words[:QUESTION_LIMIT]
    if not searchable(question):
        return nothing_asked(asked)
    scope = asked.stories.get(asked.command.story)
    found = asked.stories.index.search(
        question,
        within=[scope.slug] if scope else None,
        first=asked.here.slug if asked.here and not scope else None,
        limit=_LOOKED_AT,
    )
    notes, best = _cut_note(words), found.answer
    if best is None:
        return _not_covered(asked, question, found.hits, notes)
    rival = next((hit for hit in found.answers[1:] if _is_rival(hit, best, asked.here)), None)
    if rival:
        return _both(asked, best, rival, notes)
    others = [hit.entry for hit in found.hits if hit.entry != best.entry]
    return _one(asked, best, others[:_OTHERS], notes)


def _cut_note(words: str) -> tuple[Note, ...]:
    if len(words) <= QUESTION_LIMIT:
        return ()
    said = f"A question may have {QUESTION_LIMIT} characters; yours has {len(words):,}."
    return (Note(line(f"{said} Only its beginning was read: please ask it in a sentence or two.")),)


def _is_rival(hit: Hit, best: Hit, here: Story | None) -> bool:
    """Whether another answer is about as good as the best.

    Beside one of the channel's own story, another story's has to be better. To the very wording of
    one entry, only the same wording in another story is a rival.
    """
    elsewhere = hit.entry.story != best.entry.story
    beside_own = here is not None and best.entry.story == here.slug and elsewhere
    if best.worded:
        return hit.worded and elsewhere and not beside_own and _is_about_as_good(hit, best)
    if beside_own:
        return hit.worded or hit.score > best.score
    return _is_about_as_good(hit, best)


def _is_about_as_good(hit: Hit, best: Hit) -> bool:
    return hit.score >= _ABOUT_AS_GOOD * best.score


def _one(asked: Asked, hit: Hit, others: Sequence[Entry], notes: tuple[Note, ...]) -> Reply:
    """One entry, whole, with how it was found."""
    story = asked.stories[hit.entry.story]
    more: list[Block] = [Note(line(_how(hit, story, asked))), *notes]
    if others:
        more.append(entry_menu("Not what you meant?", others))
    whole = item(story, hit.entry, asked, *more)
    if is_open(story, hit.entry):
        blocks = (Heading(hit.entry.title), *whole.blocks)
        whole = Reply("This is an open question", blocks, whole.actions)
    return asks_whether_helpful(whole, hit.entry)


def _how(hit: Hit, story: Story, asked: Asked) -> str:
    """How the entry was found, and from where if that may surprise."""
    said = "Matched your wording." if hit.worded else "Closest entry to your question."
    if is_silent(hit.entry, story.language):
        said += " The source does not say: this is what the briefing notes about it."
    if asked.here and story is not asked.here:
        said += f" From another story: {story.briefing.title}."
    return said


def is_open(story: Story, entry: Entry) -> bool:
    """Whether an entry is a question that nobody has settled."""
    items = story.briefing.items(entry.section)
    return any(
        isinstance(one, OpenQuestion) and one.id == entry.id and not one.status.settled
        for one in items
    )


def _both(asked: Asked, best: Hit, rival: Hit, notes: tuple[Note, ...]) -> Reply:
    """Two entries that are about equally good: whole if there is room, else as buttons."""
    blocks: list[Block] = []
    for hit in (best, rival):
        story = asked.stories[hit.entry.story]
        short = entry_weight(hit.entry) <= _TWO_WEIGHT / 2
        lead = "Open question: " if is_open(story, hit.entry) else ""
        said = entry_body(hit.entry) if short else ()
        sources = hit.entry.sources if short else ()
        blocks += (Heading(f"{lead}{hit.entry.label}"), *said)
        blocks += (Note(line(_how(hit, story, asked))), *provenance(story, sources, asked.today))
    return Reply(
        "Two entries fit about equally well",
        (*blocks, *notes),
        (*(button(hit.entry.label, hit.entry.words) for hit in (best, rival)), ALL_STORIES),
    )


def _not_covered(
    asked: Asked, question: str, nearest: Sequence[Hit], notes: tuple[Note, ...]
) -> Reply:
    """Says that nobody wrote an answer, and what comes nearest."""
    said = "The briefing does not cover this."
    near = nearest[:_NEAREST]
    more = (
        " It holds only what its maintainers wrote. The nearest that it has:"
        if near
        else " It holds only what its maintainers wrote."
    )
    buttons = [button(_label(hit.entry, asked), hit.entry.words) for hit in near]
    perhaps = () if near else did_you_mean(asked.nearest(question), "story")
    return Reply(
        "Not covered",
        (Quote(line(clip(question, QUESTION_LIMIT))), Paragraph(line(said + more)), *notes),
        (*buttons, *perhaps, tell_button(asked, question), ALL_STORIES),
    )


def _label(entry: Entry, asked: Asked) -> str:
    story = asked.stories[entry.story]
    if asked.here is None or story is asked.here:
        return entry.label
    return f"{clip(entry.label, 40)} ({story.briefing.title})"
