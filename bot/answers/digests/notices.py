"""Notices: what the bot has to tell moderators; each stays until somebody has seen to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answers.digests.desk import Act, is_saved
from bot.answers.digests.refusing import ALL
from bot.answers.digests.wording import when
from bot.domain.reply import Action, Block, Note, Paragraph, Reply, bold, clip, line
from bot.domain.schedule import ScheduleState

if TYPE_CHECKING:
    from bot.store.records import Notice

#: Of a platform's own words, so much is shown; Why shows them whole.
_TEXT: Final = 600


async def seen(act: Act) -> Reply:
    """Put one notice away; show the next, if there is one."""
    if act.number:
        closed = await act.desk.store.close_notices(
            act.request.channel, act.desk.now(), id=act.number
        )
        if closed:
            await act.note(act.number)
    return await notices(act.about(""))


async def notices(act: Act) -> Reply:
    """The notices that nobody has seen to, one on each page."""
    page = act.asked.command.page
    blocks, actions = await notice_at(page, act)
    if not blocks:
        text = "There is nothing that needs a look."
        return Reply("Please look", (Paragraph(line(text)),), (ALL,))
    return Reply("Please look", blocks, (*actions, ALL))


async def notice_at(page: int, act: Act) -> tuple[tuple[Block, ...], tuple[Action, ...]]:
    """One of the open notices (the oldest first), what can be done about it, and the way on."""
    found = await act.desk.store.open_notices(act.request.channel)
    if not found:
        return (), ()
    page = min(page, len(found))
    notice, total = found[page - 1], len(found)
    of = f" ({page} of {total})" if total > 1 else ""
    where = "" if notice.channel == act.request.channel else f" In channel {notice.channel.id}."
    told = Paragraph((bold(f"Please look{of}: "), *line(clip(notice.text, _TEXT), where)))
    own = act.request.zone
    noted = Note(line("Since ", when(notice.at, own), ". It stays until it is seen to."))
    around = ((page - 1, "Previous Notice"), (page + 1, "Next Notice"))
    ways = (
        Action(label, f"digest notices page {number}")
        for number, label in around
        if 1 <= number <= total
    )
    return (told, noted), (*await _helps(notice, act), *ways)


async def _helps(notice: Notice, act: Act) -> tuple[Action, ...]:
    """Buttons that help with what a notice is about."""
    number = notice.schedule_id
    schedule = await act.desk.store.schedule(number) if number else None
    helps = []
    if notice.occurrence_id:
        helps.append(Action("Why", f"digest why {notice.occurrence_id}"))
    if schedule and is_saved(schedule):
        helps.append(Action(f"Show Digest {number}", f"digest show {number}"))
        if schedule.state is ScheduleState.SUSPENDED:
            helps.append(Action(f"Resume Digest {number}", f"digest resume {number}"))
        helps.append(Action(f"Delete Digest {number}", f"digest delete {number}"))
    return (*helps, Action("Seen", f"digest seen {notice.id}"))
