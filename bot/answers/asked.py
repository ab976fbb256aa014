"""Asked: one command with all that answering it may look at; small pieces that answers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain import markdown
from bot.domain.reply import LABEL_LIMIT, WORDS_LIMIT, Action, Line, Note, bold, clip, line

if TYPE_CHECKING:
    from datetime import date

    from bot.domain.briefing import Story
    from bot.domain.entry import Entry
    from bot.domain.request import Command
    from bot.domain.stories import Stories


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, the stories that the asker may see, the channel's own story, and today (UTC)."""

    command: Command
    stories: Stories
    here: Story | None
    today: date
    moderator: bool = False

    @property
    def story(self) -> Story | None:
        """The story it is about: the one named, else the channel's, else the only one there is."""
        named = self.stories.get(self.command.story)
        if named or self.command.maybe:
            return named
        only = next(iter(self.stories)) if len(self.stories) == 1 else None
        return self.here or only


def button(label: str, words: str) -> Action:
    """A button with its label and words inside every platform's limits."""
    return Action(clip(label, LABEL_LIMIT), words)


def fitting(*words: str) -> str:
    """Words for a control; the last of them, which is free text, is left out if it is too long."""
    whole = " ".join(filter(None, words))
    return whole if len(whole) <= WORDS_LIMIT else " ".join(words[:-1])


def page_buttons(words: str, page: int, pages: int) -> tuple[Action, ...]:
    """Buttons to the pages before and after this one."""
    around = (("Previous", page - 1), ("Next", page + 1))
    return tuple(
        Action(label, f"{words} page {number}") for label, number in around if 1 <= number <= pages
    )


def page_note(page: int, pages: int) -> tuple[Note, ...]:
    """Which page this is, where there are several."""
    return (Note(line(f"Page {page} of {pages}.")),) if pages > 1 else ()


def bullet(entry: Entry) -> Line:
    """An entry as one line of a list, its title first."""
    lead = (bold(f"{entry.title}: "),) if entry.title else ()
    return (*lead, *markdown.to_line(entry.body))


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"
