"""A reply on a terminal: wrapped and styled where there is one, plain text in a pipe."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.domain.dates import day_text
from bot.domain.plain import to_text
from bot.domain.reply import (
    Action,
    Block,
    Bullets,
    Facts,
    Field,
    FieldKind,
    Form,
    Heading,
    Inline,
    Line,
    Menu,
    Note,
    Option,
    Paragraph,
    Quote,
    Reply,
    Row,
    Span,
    Style,
    When,
    filled,
)
from bot.domain.zones import zone_info

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What could steer a terminal; a briefing has none, but a question may hold anything.
_CONTROL = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_STYLES = {Style.BOLD: "bold", Style.ITALIC: "italic", Style.CODE: "cyan"}


def print_reply(reply: Reply, out: IO[str]) -> None:
    """Print a whole reply, its buttons as what one could type instead."""
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        out.write(_plain(reply))
        return
    parts: list[RenderableType] = [drawn(reply)]
    if reply.actions:
        parts += ["", _words((action.label, action.words) for action in reply.actions)]
    if reply.form:
        parts += ["", *map(Text, clean(_form_text(reply.form)).split("\n"))]
    console.print(Group(*parts), soft_wrap=False)


def in_zone(reply: Reply, zone: str) -> Reply:
    """The reply with its instants in words of this zone, as a platform shows them to a reader."""
    blocks: tuple[Block, ...] = _local(reply.blocks, zone)
    return replace(reply, blocks=blocks)


def _local(part: Any, zone: str) -> Any:
    if isinstance(part, tuple):
        return tuple(_local(each, zone) for each in part)
    if isinstance(part, When) and not part.relative:
        at = part.at.astimezone(zone_info(zone))
        return replace(part, text=f"{day_text(at)}, {at:%H:%M} {zone}")
    if isinstance(part, Paragraph | Note | Quote | Row):
        return replace(part, line=_local(part.line, zone))
    if isinstance(part, Bullets):
        return replace(part, items=_local(part.items, zone))
    return replace(part, pairs=_local(part.pairs, zone)) if isinstance(part, Facts) else part


def drawn(reply: Reply) -> RenderableType:
    """The title and the blocks of a reply, for a terminal."""
    parts: list[RenderableType] = [Text(clean(reply.title), style="bold underline")]
    parts += [part for block in reply.blocks for part in ("", _drawn(block))]
    return Group(*parts)


def _plain(reply: Reply) -> str:
    """The reply for a pipe: unwrapped, unstyled, its controls as what one could type."""
    controls: list[Action | Option] = []
    for block in reply.blocks:
        controls += block.options if isinstance(block, Menu) else ()
        controls += (block.action,) if isinstance(block, Row) else ()
    said = [f"{each.label}: /brief {each.words}" for each in (*controls, *reply.actions)]
    form = _form_text(reply.form) if reply.form else ""
    return clean("\n\n".join(filter(None, (to_text(reply), "\n".join(said), form)))) + "\n"


def _form_text(form: Form) -> str:
    """What a form asks for, and the words that it would say as it stands."""
    rows = [f"  {field.label}: {_field_text(field)}" for field in form.fields]
    values = [(each.lead, each.value or ("…" if each.required else "")) for each in form.fields]
    words = filled(form.words, values)
    return "\n".join(
        ("A form in chat asks for:", *rows, "As it stands, it says:", f"  /brief {words}")
    )


def _field_text(field: Field) -> str:
    """What stands in a field, and what else may."""
    if field.kind is FieldKind.CHOICE:
        others = [each.words for each in field.options if each.words != field.value]
        return " | ".join(filter(None, (field.value, *others)))
    hint = f"({field.hint})" if field.hint else ""
    return " ".join(filter(None, (field.value or "…", hint)))


def clean(text: str) -> str:
    """The text without what could steer a terminal."""
    return _CONTROL.sub("", text)


def _drawn(block: Block) -> RenderableType:
    match block:
        case Heading(text):
            return Text(clean(text), style="bold")
        case Paragraph(spans):
            return _line(spans)
        case Quote(spans):
            return Padding(_line(spans, "italic"), (0, 0, 0, 2))
        case Note(spans):
            return _line(spans, "dim")
        case Row(spans, action):
            typed = Text(f"/brief {clean(action.words)}", style="cyan")
            return Group(_line(spans), Padding(typed, (0, 2)))
        case Bullets():
            return _bullets(block)
        case Facts(pairs):
            return _facts(pairs)
        case Menu(label, options):
            words = _words((option.label, option.words) for option in options)
            return Group(Text(f"{clean(label)}:"), words)


def _bullets(bullets: Bullets) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    for number, item in enumerate(bullets.items, bullets.start):
        grid.add_row(f"{number}." if bullets.ordered else "•", _line(item))
    return grid


def _facts(pairs: Iterable[tuple[str, Line]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(ratio=1, min_width=12)
    grid.add_column(ratio=4)
    for label, value in pairs:
        grid.add_row(Text(clean(label), style="bold"), _line(value))
    return grid


def _words(pairs: Iterable[tuple[str, str]]) -> RenderableType:
    """Labels with what to type for each."""
    grid = Table.grid(padding=(0, 2))
    for label, words in pairs:
        grid.add_row(f"  {clean(label)}", Text(f"/brief {clean(words)}", style="cyan"))
    return grid


def _line(spans: Line, style: str = "") -> Text:
    text = Text(style=style)
    for span in spans:
        text.append_text(_inline(span))
    return text


def _inline(span: Inline) -> Text:
    if not isinstance(span, Span):
        return Text(clean(span.text))
    style = " ".join(name for flag, name in _STYLES.items() if flag in span.style)
    shown = span.text if not span.href or span.href == span.text else f"{span.text} ({span.href})"
    return Text(clean(shown), style=style)
