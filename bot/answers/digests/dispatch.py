"""Which function answers which word after `digest`; and who may."""

from __future__ import annotations

import logging
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
from bot.answers.digests.refusing import said
from bot.domain.reply import Action, Paragraph, Reply, line
from bot.domain.verbs import USE
from bot.store.database import UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.answers.asked import Asked
    from bot.domain.request import Channel, Request
    from bot.domain.stories import Stories

_LOG = logging.getLogger(__name__)

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
    try:
        return await _answer(asked, request, desk, view)
    except UNAVAILABLE as error:
        _LOG.warning("a moderator could not be answered: %s", type(error).__name__)
        return _away() if request.moderator else not_yours()


async def _answer(
    asked: Asked, request: Request, desk: Desk, view: Callable[[Channel], Stories]
) -> Reply:
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


def _away() -> Reply:
    text = (
        "The bot cannot reach its database at the moment. Digests that are due wait for it. Try "
        "again in a minute; if you were changing something, look first whether it is saved."
    )
    return said("Not just now", text)


def not_yours() -> Reply:
    """The same for everybody who may not, whatever they tried."""
    said = "This is for the moderators of this channel. Ask one of them."
    return Reply("For moderators", (Paragraph(line(said)),), (Action("All stories", "stories"),))
