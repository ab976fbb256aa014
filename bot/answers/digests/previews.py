"""Previews: the very message that a digest would post now, for a moderator's eyes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.answers.digests.desk import Act, is_saved
from bot.answers.digests.refusing import ALL, unknown
from bot.domain.measure import fits
from bot.domain.reply import Action, Block, Heading, Note, Paragraph, Reply, bold, counted, line
from bot.domain.schedule import Schedule

_NOTHING: Final = "There is nothing new to say now, so nothing would be posted."
#: Most buttons that any platform shows under one message.
_BUTTONS: Final = 10


async def preview(act: Act) -> Reply:
    """The exact message that would go out now; of a plan, with the button that saves it."""
    schedule = await act.schedule()
    if schedule is None:
        return await unknown(act)
    back = Action("Back", f"digest show {schedule.id}")
    if not is_saved(schedule):
        back = Action("Save", f"digest confirm {schedule.id}", primary=True)
    if reason := _not_here(schedule, act):
        return Reply("Preview", (Paragraph(line(reason)),), (back, ALL))
    message = (await act.desk.compose(schedule)).reply
    if message is None:
        return Reply("Preview", (Paragraph(line(_NOTHING)),), (back, ALL))
    whole = Reply(message.title, message.blocks, (*message.actions, back))
    if len(whole.actions) <= _BUTTONS and fits(whole):
        return whole
    return replace(whole, actions=(back,))


async def with_preview(shown: Reply, schedule: Schedule, act: Act) -> Reply:
    """The reply with the message that would go out now; what has no room is behind a button."""
    if reason := _not_here(schedule, act):
        return _with(shown, Heading("The message now"), Paragraph(line(reason)))
    message = (await act.desk.compose(schedule)).reply
    if message is None:
        return _with(shown, Heading("The message now"), Paragraph(line(_NOTHING)))
    headed = _with(
        shown, Heading("The message that would go out now"), Paragraph((bold(message.title),))
    )
    labels = ", ".join(action.label for action in message.actions)
    buttons = (Note(line(f"Its buttons: {labels}.")),) if labels else ()
    whole = _with(headed, *message.blocks, *buttons)
    return whole if fits(whole) else _begun(headed, message, schedule)


def _begun(headed: Reply, message: Reply, schedule: Schedule) -> Reply:
    """As much of a message as there is room for, what is left counted, and a button to it all."""
    button = Action("Preview", f"digest preview {schedule.id}")
    headed = replace(headed, actions=(*headed.actions, button))
    for count in range(len(message.blocks) - 1, -1, -1):
        left = counted(len(message.blocks) - count, "more part of it has", "more parts of it have")
        note = Note(line(f"{left} no room here. Preview shows the whole message."))
        begun = _with(headed, *message.blocks[:count], note)
        if fits(begun):
            break
    return begun


def _with(shown: Reply, *blocks: Block) -> Reply:
    return replace(shown, blocks=(*shown.blocks, *blocks))


def _not_here(schedule: Schedule, act: Act) -> str:
    """Why the message is not shown: another channel may see what is hidden from this one."""
    here, there = act.request.channel, schedule.channel
    if set(act.view(there).audiences) <= set(act.view(here).audiences):
        return ""
    shown = act.typed(f"digest preview {schedule.id}")
    return (
        f"The channel {there.id} may see stories that are hidden from this one, so its message "
        f"can only be shown there: {shown}"
    )
