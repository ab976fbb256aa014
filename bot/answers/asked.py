"""Asked: one command with all that answering it may look at; small pieces that answers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.answers.marks import Marks
from bot.domain.measure import MESSAGE_WEIGHT, paginate, weight
from bot.domain.provenance import PROVENANCE_WEIGHT, provenance
from bot.domain.reply import LABEL_LIMIT, WORDS_LIMIT, Action, Note, Reply, clip, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from bot.domain.briefing import Story
    from bot.domain.reply import Block
    from bot.domain.request import Command
    from bot.domain.stories import Stories

ALL_STORIES = Action("All stories", "stories")

#: The last page of what words find: nobody turns so many, and looking further takes long.
PAGES_LIMIT: Final = 100
#: What a page's own note takes.
_PAGE_NOTE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, the stories that the asker may see, the channel's own story, and today (UTC).

    `moderates` is the platform on which the asker is a moderator, empty for everybody else; `marks`
    keeps what buttons cannot carry.
    """

    command: Command
    stories: Stories
    here: Story | None
    today: date
    moderates: str = ""
    marks: Marks = field(default_factory=Marks)

    @property
    def story(self) -> Story | None:
        """The story it is about: the one named, else the channel's, else the only one there is."""
        named = self.stories.get(self.command.story)
        if named or self.command.maybe:
            return named
        only = next(iter(self.stories)) if len(self.stories) == 1 else None
        return self.here or only

    @property
    def misnamed(self) -> bool:
        """Whether there are words where a story's name should be, and they name none."""
        return bool(self.command.words) and not self.command.story

    def nearest(self, words: str) -> list[Story]:
        """The stories with names most like these words."""
        found = (self.stories.get(slug) for slug in self.stories.names.nearest(words))
        return [story for story in found if story]


def button(label: str, words: str) -> Action:
    """A button with its label and words inside every platform's limits."""
    return Action(clip(label, LABEL_LIMIT), words)


def fitting(*words: str) -> str:
    """Words for a control; the last of them, which is free text, is left out if it is too long."""
    whole = " ".join(filter(None, words))
    return whole if len(whole) <= WORDS_LIMIT else " ".join(words[:-1])


def did_you_mean(stories: Iterable[Story], verb: str) -> tuple[Action, ...]:
    """Buttons that ask the same of stories whose names were perhaps meant."""
    return tuple(
        button(f"Did you mean {story.briefing.title}?", f"{verb} {story.slug}") for story in stories
    )


def share(words: str, page: int = 1) -> tuple[Action, ...]:
    """A button that shows everyone what these words gave, if they fit in a button."""
    whole = f"share {words}" + (f" page {page}" if page > 1 else "")
    return (Action("Share here", whole),) if len(whole) <= WORDS_LIMIT else ()


def page_buttons(words: str, page: int, pages: int) -> tuple[Action, ...]:
    """Buttons to the pages before and after this one."""
    around = (("Previous", page - 1), ("Next", page + 1))
    asked = ((label, f"{words} page {number}") for label, number in around if 1 <= number <= pages)
    return tuple(Action(label, whole) for label, whole in asked if len(whole) <= WORDS_LIMIT)


def pages_of(total: int, each: int) -> int:
    """How many pages of so many each are shown of what words find."""
    return min(-(-total // each), PAGES_LIMIT)


def page_note(page: int, pages: int) -> tuple[Note, ...]:
    """Which page this is, where there are several."""
    return (Note(line(f"Page {page} of {pages}.")),) if pages > 1 else ()


def paged(
    title: str,
    groups: Sequence[Sequence[Block]],
    words: str,
    story: Story,
    asked: Asked,
    refs: Iterable[str] = (),
) -> Reply:
    """One page of a story's list: whole groups, provenance, and ways to the other pages."""
    pages = paginate(groups, MESSAGE_WEIGHT - PROVENANCE_WEIGHT - weight(title) - _PAGE_NOTE)
    page = min(asked.command.page, len(pages))
    return Reply(
        title,
        (
            *pages[page - 1],
            *page_note(page, len(pages)),
            *provenance(story, refs, asked.today),
        ),
        (
            *page_buttons(words, page, len(pages)),
            button("Story", f"story {story.slug}"),
            *share(words, page),
        ),
    )
