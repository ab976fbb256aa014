"""Form: a new digest, or one as it is now, as fields to fill in; and the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answers.digests.desk import Act
from bot.answers.digests.refusing import ALL
from bot.domain.reply import (
    MENU_LIMIT,
    Field,
    FieldKind,
    Form,
    Note,
    Option,
    Paragraph,
    Reply,
    clip,
    code,
    line,
)
from bot.domain.schedule import Content, Quiet, Schedule

if TYPE_CHECKING:
    from bot.domain.stories import Stories

_WHEN: Final = "at 09:00 on weekdays"
_CONTENT: Final = (
    Option("What changed; nothing if nothing changed", "changes silent"),
    Option("What changed; one line if nothing changed", "changes say so"),
    Option("The full card each time", "full"),
)
#: A story's title in a menu: Slack shows 75 characters.
_TITLE: Final = 75


def form(command: str, title: str, now: Schedule | None, act: Act) -> Reply:
    """The form, and what to type instead of filling it in."""
    zone = now.zone if now else act.request.zone or "Europe/Lisbon"
    example = f"{command} {'' if now else 'all '}{_WHEN} in {zone}"
    asked = "Say what is to be different; the rest stays:"
    return Reply(
        title,
        (
            Paragraph(line(asked if now else "Say which stories, when, and in which zone:")),
            Paragraph((code(act.typed(example)),)),
            Note(
                line(
                    "Also: ",
                    code("full"),
                    " for the whole card each time, ",
                    code("say so"),
                    " to post a line when nothing changed, ",
                    code("late 4h"),
                    " for how late it is still welcome.",
                )
            ),
        ),
        (ALL,),
        form=Form(title, command, _fields(now, act)),
    )


def _fields(now: Schedule | None, act: Act) -> tuple[Field, ...]:
    when = now.cadence.text if now else _WHEN
    channel = str(now.channel if now else act.request.channel)
    zone = now.zone if now else act.request.zone or ""
    hint = "Days and local times, as in: at 08:30 every month on day 1"
    # In this order they are a wish: stories come before all else.
    return (
        _stories(now, act.asked.stories),
        Field("", "When", value=when, hint=hint),
        Field("in", "Time zone", FieldKind.ZONE, zone, "A city or an IANA name"),
        Field("in", "Channel", FieldKind.CHANNEL, channel),
        Field("", "Content", FieldKind.CHOICE, _content(now), options=_CONTENT),
    )


def _stories(now: Schedule | None, stories: Stories) -> Field:
    present = ", ".join(now.stories) if now else ""
    latest = stories.latest(0, MENU_LIMIT - 1)
    known = (Option(clip(each.briefing.title, _TITLE), each.slug) for each in latest)
    options = (Option("All that the channel may see", "all"), *known)
    hint = "all, or their names with commas between"
    return Field("", "Stories", FieldKind.STORIES, present or "all", hint, options)


def _content(now: Schedule | None) -> str:
    if now and now.content is Content.FULL:
        return "full"
    return "changes say so" if now and now.quiet is Quiet.LINE else "changes silent"
