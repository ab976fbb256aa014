"""Reply: what the bot says in one message, before any platform decides how it looks.

Text crosses to the platforms parsed, never as markup: a `Span` is literal text with a style, and
each renderer escapes it. A button is a `Request` waiting to be made: its words are what one could
type.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Flag, StrEnum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

#: Longest words of a control: what is left of Discord's 100-character custom_id after our prefix.
WORDS_LIMIT = 92
#: Longest button label: Slack allows 75 characters, Discord 80.
LABEL_LIMIT = 75
#: Most options in one menu: Discord's limit; Slack would take 100.
MENU_LIMIT = 25


class Style(Flag):
    """How a span is set apart from the text around it."""

    PLAIN = 0
    BOLD = auto()
    ITALIC = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """Literal text in one style; `href` makes it a link (https only)."""

    text: str
    style: Style = Style.PLAIN
    href: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """An instant, shown in the reader's own zone; `text` is for where a platform cannot do that."""

    at: datetime
    text: str
    relative: bool = False


Inline = Span | When
Line = tuple[Inline, ...]


def line(*parts: str | Inline) -> Line:
    """Spans of a line, plain strings taken as plain text."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def bold(text: str) -> Span:
    """Text in bold."""
    return Span(text, Style.BOLD)


def code(text: str) -> Span:
    """Text in a code face: something to type."""
    return Span(text, Style.CODE)


@dataclass(frozen=True, slots=True)
class Action:
    """A button. Clicking it asks `/brief` these words."""

    label: str
    words: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a menu. Picking it asks `/brief` these words."""

    label: str
    words: str
    hint: str = ""


class FieldKind(StrEnum):
    """What a field of a form takes."""

    TEXT = "text"
    CHOICE = "choice"
    CHANNEL = "channel"
    ZONE = "zone"
    STORIES = "stories"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. What is filled in stands after `lead` in the words that are asked.

    An empty field adds nothing. `options` are the choices of a CHOICE field (their `words` are the
    values); of any other, suggestions. A platform that cannot offer zones by their names, or
    stories by their titles, has these typed: a ZONE's value is a zone's name, that of STORIES is
    `all`, or slugs with commas between. Labels are at most 45 characters (Discord's limit).
    """

    lead: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    value: str = ""
    hint: str = ""
    options: tuple[Option, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """Fields to fill in, at most five. Submitting it asks `words` and then every field in turn.

    The title is at most 24 characters (Slack's limit), `submit` too.
    """

    title: str
    words: str
    fields: tuple[Field, ...]
    submit: str = "Continue"


def filled(words: str, values: Iterable[tuple[str, str]]) -> str:
    """The words that a submitted form asks: each value after its lead, empty ones left out."""
    parts = [words]
    for lead, value in values:
        if value := " ".join(value.split()):
            parts += [lead, value] if lead else [value]
    return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a message, smaller than its title."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    line: Line


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words, set apart."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, with bullets or with numbers from `start` on."""

    items: tuple[Line, ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """Short labelled values, one a line."""

    pairs: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: provenance, counts, who shared it."""

    line: Line


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list with its own button beside it."""

    line: Line
    action: Action


@dataclass(frozen=True, slots=True)
class Menu:
    """A drop-down of at most `MENU_LIMIT` options; `label` is its placeholder."""

    label: str
    options: tuple[Option, ...]


Block = Heading | Paragraph | Quote | Bullets | Facts | Note | Row | Menu


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """One message.

    `private` replies are seen by the asker alone. Two replies are the same only if they are one
    object, so that a renderer's memory can be keyed by the reply itself at no cost. A platform that
    can open a `form` in answer to this very request opens it; the blocks say the same in words for
    where it cannot. `refusal` is one sentence, where something is to be changed in what was asked:
    a platform that asked by a form keeps what was filled in, and says it there.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    actions: tuple[Action, ...] = ()
    private: bool = True
    form: Form | None = None
    refusal: str = ""

    def public(self, by: Note) -> Reply:
        """The same reply for everyone, with a note that says by whom it was shared."""
        kept = tuple(action for action in self.actions if not action.words.startswith("share "))
        return replace(self, blocks=(*self.blocks, by), actions=kept, private=False)


def clip(text: str, limit: int) -> str:
    """`text` within `limit` characters, cut after a word and marked with an ellipsis if longer."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    word_end = head.rfind(" ", limit // 2)
    return (head if word_end < 0 else head[:word_end]).rstrip(" ,;:—-") + "…"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"
