"""Calibration: whether stories are found by their own wordings, and by nothing unrelated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.entry import Entry
    from bot.domain.search.draft import Source
    from bot.domain.search.found import Found, Hit
    from bot.domain.search.index import Index

#: Questions that a briefing on a news story should not answer; none is about news.
UNRELATED: Final = tuple(
    """
    how do I reset my password
    what time does the cafeteria open
    can you recommend a good pasta recipe
    how do I get a refund for my order
    what is the square root of 144
    who wrote Pride and Prejudice
    how tall is Mount Everest
    why is the sky blue
    how do I change a flat tyre
    what is the best way to learn the piano
    tell me a joke
    how many calories are in a banana
    when does the next train to Zurich leave
    how do I unsubscribe from the newsletter
    what is the boiling point of water
    can I bring my dog to the office
    where can I buy concert tickets
    how do I install a printer driver
    what is the difference between a crocodile and an alligator
    who painted the Mona Lisa
    how long should I boil an egg
    is it going to rain tomorrow
    how do I book a meeting room
    what should I wear to a wedding
    how many bones are in the human body
    can you translate good morning into Japanese
    what are the symptoms of a cold
    how do I write a cover letter
    which laptop should I buy
    how do plants make oxygen
    what is my vacation balance
    who won the football match last night
    how far away is the moon
    what is a good name for a cat
    how do I get coffee stains out of a shirt
    what is the wifi password
    how do I export a spreadsheet to PDF
    when was the piano invented
    is a tomato a fruit
    how often should I water a cactus
    what song is playing
    can I park in front of the building
    how do I merge two branches in git
    what is the tallest building in the world
    where are my headphones
    how do I fold a paper plane
    what is the meaning of life
    do penguins have knees
    how much does a stamp cost
    which vitamins are in spinach
    """.strip().splitlines()
)


class Outcome(StrEnum):
    """What asking a wording gave."""

    RIGHT = "right"
    WRONG = "wrong"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Trial:
    """A question that was asked, what it was to find, and its answer, or what came nearest."""

    question: str
    expected: Entry | None
    hit: Hit | None

    @property
    def found(self) -> Entry | None:
        """The entry that came first."""
        return self.hit.entry if self.hit else None

    @property
    def confidence(self) -> float:
        """How sure it is that this answers the question."""
        return self.hit.confidence if self.hit else 0.0

    @property
    def outcome(self) -> Outcome:
        """Whether the right entry answered it, another one, or none."""
        if self.hit is None or not self.hit.sure:
            return Outcome.REFUSED
        wanted, found = self.expected, self.hit.entry
        same = wanted and (wanted.story, wanted.key) == (found.story, found.key)
        return Outcome.RIGHT if same else Outcome.WRONG


def leave_one_out(stories: Iterable[Source], index: Index) -> Iterator[Trial]:
    """Each other wording of each entry, asked while the entry is known by its other words alone."""
    for story in stories:
        for number, wording, entry in _wordings(story):
            if wording != entry.title:
                found = index.search(wording, leave_out=(story.slug, number), limit=1)
                yield _trial(wording, entry, found)


def not_covered(stories: Iterable[Source], index: Index) -> Iterator[Trial]:
    """Each question that a story says it does not cover, asked while nothing says so."""
    for story in stories:
        for number, question in enumerate(story.not_covered, _passages(story)):
            found = index.search(question, leave_out=(story.slug, number), limit=1)
            yield _trial(question, None, found)


def unrelated(index: Index) -> Iterator[Trial]:
    """The built-in unrelated questions: each is to be refused."""
    for question in map(str.strip, UNRELATED):
        yield _trial(question, None, index.search(question, limit=1))


def unfound(story: Source, alone: Index) -> Iterator[Trial]:
    """The wordings and questions by which an entry is not found, in an index of its story alone."""
    for _, wording, entry in _wordings(story):
        if wording == entry.title and not wording.endswith("?"):
            continue  # a heading, or who holds a view: nobody asks that
        trial = _trial(wording, entry, alone.search(wording, limit=1))
        if trial.outcome is not Outcome.RIGHT:
            yield trial


def answered(story: Source, alone: Index) -> Iterator[Trial]:
    """The questions that a story says it does not cover, and yet answers."""
    for asked in story.not_covered:
        trial = _trial(asked, None, alone.search(asked, limit=1))
        if trial.outcome is not Outcome.REFUSED:
            yield trial


def _passages(story: Source) -> int:
    """How many passages its entries have; questions not covered are numbered on from there."""
    return sum(1 for _ in _wordings(story))


def _wordings(story: Source) -> Iterator[tuple[int, str, Entry]]:
    """Each passage's number, wording and entry; see `Draft.add`."""
    number = 0
    for entry in story.entries():
        for wording in entry.wordings:
            yield number, wording, entry
            number += 1


def _trial(question: str, expected: Entry | None, found: Found) -> Trial:
    return Trial(question, expected, found.answer or next(iter(found.hits), None))
