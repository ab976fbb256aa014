"""Which function answers which word after `digest`; and who may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answers.digests import (
    acting,
    drafts,
    helping,
    history,
    listing,
    notices,
    planning,
    previews,
    showing,
    using,
)
from bot.answers.digests.desk import Act, Desk, Say
from bot.domain.reply import Action, Paragraph, Reply, line
from bot.domain.verbs import USE

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.answers.asked import Asked
    from bot.domain.request import Channel, Request
    from bot.domain.stories import Stories

_SAYINGS: Final[dict[str, Say]] = {
    "list": listing.overview,
    "add": planning.add,
    "show": showing.show,
    "stories": showing.stories,
    "preview": previews.preview,
    "now": acting.now,
    "pause": acting.pause,
    "resume": acting.resume,
    "edit": planning.edit,
    "delete": acting.delete,
    "history": history.history,
    "why": history.why,
    "help": helping.help_reply,
    "notices": notices.notices,
    "seen": notices.seen,
    "confirm": drafts.confirm,
    "arrived": acting.arrived,
    "again": acting.again,
}


async def answer(
    asked: Asked, request: Request, desk: Desk, view: Callable[[Channel], Stories]
) -> Reply:
    """The answer to a moderators' verb; a refused attempt is put down as well.

    `view` gives the stories that a channel may see.
    """
    words = asked.command.words
    first, _, rest = words.partition(" ")
    verb = first.casefold() or "list"
    say = _SAYINGS.get(verb)
    if asked.command.verb is USE:
        act, say = Act(asked, request, desk, view, "use", words), using.use
    elif say is None:
        act, say = Act(asked, request, desk, view, "digest", words), helping.not_understood
    else:
        act = Act(asked, request, desk, view, f"digest {verb}", rest)
    if not request.moderator:
        await act.note_refusal("", "not a moderator")
        return not_yours()
    return await say(act)


def not_yours() -> Reply:
    """The same for everybody who may not, whatever they tried."""
    said = "This is for the moderators of this channel. Ask one of them."
    return Reply("For moderators", (Paragraph(line(said)),), (Action("All stories", "stories"),))
