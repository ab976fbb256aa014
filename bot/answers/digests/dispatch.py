"""Which function answers which word after `digest`; and who may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.answers.digests import acting, planning, showing
from bot.answers.digests.desk import Act, Desk, Say
from bot.domain.reply import Action, Paragraph, Quote, Reply, clip, code, line
from bot.domain.verbs import USE

if TYPE_CHECKING:
    from bot.answers.asked import Asked
    from bot.domain.request import Request

_SAYINGS: Final[dict[str, Say]] = {
    "list": showing.overview,
    "add": planning.add,
    "show": showing.show,
    "preview": showing.preview,
    "now": acting.now,
    "pause": acting.pause,
    "resume": acting.resume,
    "edit": planning.edit,
    "delete": acting.delete,
    "history": showing.history,
    "why": showing.why,
    "confirm": planning.confirm,
    "arrived": acting.arrived,
    "again": acting.again,
}


async def answer(asked: Asked, request: Request, desk: Desk) -> Reply:
    """The answer to a moderators' verb; a refused attempt is put down as well."""
    command = asked.command
    first, _, rest = command.words.strip().partition(" ")
    if not request.moderator:
        name = "use" if command.verb is USE else f"digest {first}".strip()
        await Act(asked, request, desk, rest).note(name[:60], "", "refused: not a moderator")
        return not_yours()
    if command.verb is USE:
        return await acting.use(Act(asked, request, desk, command.words))
    say = _SAYINGS.get(first.casefold() or "list")
    if say is None:
        return _what(command.words)
    return await say(Act(asked, request, desk, rest.strip()))


def not_yours() -> Reply:
    """The same for everybody who may not, whatever they tried."""
    said = "Digests are for this channel’s moderators. Ask one of them."
    return Reply("For moderators", (Paragraph(line(said)),), (Action("All stories", "stories"),))


def _what(words: str) -> Reply:
    known = ", ".join(name for name in _SAYINGS if name not in {"confirm", "arrived", "again"})
    return Reply(
        "I did not understand that",
        (
            Quote(line(clip(words, 200))),
            Paragraph(line("After ", code("/brief digest"), f" I know: {known}.")),
        ),
        (Action("All digests", "digest list"), Action("New", "digest add")),
    )
