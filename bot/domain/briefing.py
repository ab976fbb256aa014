"""Briefing: what one file holds; Story: a briefing under its slug."""

from __future__ import annotations

from dataclasses import dataclass as plain_dataclass
from datetime import date
from enum import StrEnum
from types import GenericAlias
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import Field
from pydantic.dataclasses import dataclass

from bot.domain.dates import to_day
from bot.domain.fields import (
    STRICT,
    Audience,
    Bottom,
    Day,
    Id,
    Moment,
    Name,
    Sentence,
    ShortText,
    Url,
)
from bot.domain.sections import ITEM_TYPES, SECTIONS, Item, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.entry import Entry

#: So many questions a briefing may list that it does not cover.
NOT_COVERED_LIMIT: Final = 500

#: What a maintainer writes for a publisher that the source does not show.
UNKNOWN = "unknown"


class Status(StrEnum):
    """Where a story stands."""

    DEVELOPING = "developing"
    WATCHING = "watching"
    CLOSED = "closed"


class SourceKind(StrEnum):
    """How close a source is to what it reports."""

    PRIMARY = "primary"
    OFFICIAL = "official"
    NEWS = "news"
    OTHER = "other"


class ChangeKind(StrEnum):
    """What a change to a briefing is."""

    NEW = "new"
    UPDATE = "update"
    CLARIFICATION = "clarification"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Source:
    """Where statements come from. Write `unknown` for a publisher that the source does not show."""

    id: Id
    """Its name inside this file, which statements give as their source; it never changes."""
    title: Sentence
    """The title that the source itself shows."""
    publisher: Name
    """Who published it; `unknown` where the source does not show it."""
    url: Url | None = None
    """Its https address."""
    published: Moment | None = None
    """When it was published: a date, or a date-time with its UTC offset."""
    accessed: Moment | None = None
    """When you read it: a date, or a date-time with its UTC offset."""
    kind: SourceKind
    """How close it is to what it reports: primary, official, news or other."""
    note: ShortText | None = None
    """What a reader should know of it, such as what it does not show."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Change:
    """A change to the briefing that its readers should know of; `items` are ids in this file."""

    date: Day
    """The day of the change."""
    kind: ChangeKind
    """What it is: new, update, clarification or correction."""
    items: tuple[Id, ...] = Field((), max_length=50)
    """The ids of the items in this file that it is about."""
    note: ShortText
    """What changed, in a sentence or two."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Briefing:
    """What a maintainer stands behind about one story; `BriefingFile` adds the sections."""

    title: Name
    """The story's name, in one line."""
    bottom_line: Bottom
    """The one thing to know, in one line; it opens every card and is never cut."""
    as_of: Moment
    """When you last stood behind all of this: a date, or a date-time with its UTC offset."""
    status: Status
    """Where the story stands: developing, watching or closed."""
    sources: tuple[Source, ...] = Field(min_length=1, max_length=100)
    """Where the statements come from; each of them names at least one of these."""
    review_by: Day | None = None
    """The day by which to review it; from then on, answers say that it may be out of date."""
    owners: tuple[Name, ...] = Field((), max_length=20)
    """Who looks after this briefing."""
    aliases: tuple[Name, ...] = Field((), max_length=20)
    """Other names by which people ask for the story."""
    topics: tuple[Name, ...] = Field((), max_length=20)
    """What it is about, in a few words each."""
    why_it_matters: ShortText | None = None
    """Why a reader should care."""
    visible_to: tuple[Audience, ...] = Field((), min_length=1, max_length=200)
    """The tenants (`slack:T1`) and channels (`slack:T1/C1`) that may see it; without: all."""
    not_covered: tuple[Sentence, ...] = Field((), max_length=NOT_COVERED_LIMIT)
    """Questions that readers ask and this does not answer, as people type them in chat.

    `ask` then says so, rather than quote the entry that sounds most like them.
    """
    changes: tuple[Change, ...] = Field((), max_length=500)
    """What readers should know has changed in this briefing."""
    language: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    """The language it is written in, as in en or pt-BR."""

    def items(self, section: Section) -> tuple[Item, ...]:
        """The items of one section, in the order of the file."""
        items: tuple[Item, ...] = getattr(self, section.field)
        return items

    def is_stale(self, today: date) -> bool:
        """Whether the day by which it was to be reviewed has passed."""
        return self.review_by is not None and today > self.review_by


def _with_sections() -> type[Briefing]:
    """`Briefing` with a field for each kind of section: a new kind is named in one place only."""
    kinds = {item.section.field: GenericAlias(tuple, (item, ...)) for item in ITEM_TYPES}
    body: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": "A briefing file: one story, with its sections.",
        "__annotations__": kinds,
        **{field: Field((), max_length=200) for field in kinds},
    }
    as_dataclass = dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
    return cast("type[Briefing]", as_dataclass(type("BriefingFile", (Briefing,), body)))


BriefingFile = _with_sections()


@plain_dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Story:
    """A briefing under its slug. `revision` changes whenever the file's content does."""

    slug: str
    briefing: Briefing
    revision: str = ""

    @property
    def as_of_day(self) -> date:
        """The day on which the maintainer last stood behind it, in UTC."""
        return to_day(self.briefing.as_of)

    @property
    def language(self) -> str:
        """The language it is written in."""
        return self.briefing.language

    @property
    def audience(self) -> tuple[str, ...]:
        """The tenants and channels that may see it; empty: everyone."""
        return self.briefing.visible_to

    @property
    def not_covered(self) -> tuple[str, ...]:
        """Questions that nothing it says answers."""
        return self.briefing.not_covered

    def entries(self, section: Section | None = None) -> Iterator[Entry]:
        """What it says, in the order of the sections and the file; of one section, or of all."""
        for kind in (section,) if section else SECTIONS:
            for item in self.briefing.items(kind):
                yield item.entry(self.slug)

    def entry_at(self, number: int) -> Entry:
        """The entry with this number, counted over all sections."""
        for kind in SECTIONS:
            items = self.briefing.items(kind)
            if number < len(items):
                return items[number].entry(self.slug)
            number -= len(items)
        raise IndexError(number)

    def entry(self, section: Section, item_id: str) -> Entry | None:
        """The entry of a section with this id."""
        items = self.briefing.items(section)
        return next((item.entry(self.slug) for item in items if item.id == item_id), None)

    def entry_by_key(self, key: str) -> Entry | None:
        """The entry with this key, as in `faq/why-now`."""
        verb, _, item_id = key.partition("/")
        section = next((one for one in SECTIONS if one.verb == verb), None)
        return self.entry(section, item_id) if section else None

    def names(self) -> tuple[str, ...]:
        """What people may call it: slug, title and aliases."""
        return (self.slug, self.briefing.title, *self.briefing.aliases)
