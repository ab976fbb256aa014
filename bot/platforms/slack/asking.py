"""Asking the house: who asks is known as well as needed, and whatever happens, there is a reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.domain.platform import Answer
from bot.domain.reply import Note, Paragraph, Reply, line
from bot.domain.request import Request
from bot.platforms.slack.channels import Channels
from bot.platforms.slack.people import People, Person
from bot.platforms.slack.rights import is_for_moderators, needs_rights
from bot.platforms.slack.said import Said, sorry, unchecked
from bot.platforms.slack.timing import Timing

#: The workspace of whoever belongs to none of ours: what is kept for a workspace is not for them.
OUTSIDE: Final = "outside"

_UNSURE: Final = Note(
    line(
        "Slack did not say just now whether you are a moderator, so this is what everybody gets. "
        "If you are one, try again in a minute."
    )
)
_NOT_SHARED: Final = Reply(
    "Not shared",
    (
        Paragraph(
            line(
                "People of other organisations are in this channel, or Slack does not tell the bot "
                "whether they are, and this story is not for everybody. Share it in a channel of "
                "your own workspace that the bot is in."
            )
        ),
    ),
)


class Asking:
    """Asks for answers in one workspace, `team`."""

    def __init__(
        self, answer: Answer, people: People, channels: Channels, team: str, timing: Timing
    ) -> None:
        self._answer = answer
        self._people = people
        self._channels = channels
        self._team = team
        self._timing = timing

    async def said(
        self, user: str, to_request: Callable[[Person], Request], patience: float = 0.0
    ) -> Said:
        """What to say to a request.

        Whoever asks for what only moderators may do is looked up first. For anything else Slack is
        waited for as long as `patience` says.
        """
        try:
            person = self._people.known(user)
            request = to_request(person)
            needed = needs_rights(request.words)
            if needed or patience:
                wait = self._timing.ask if needed else patience
                person = await self._people.current(user, wait)
                request = to_request(person)
            unsure = needed and person.unsure and self._is_ours(request)
            if unsure and is_for_moderators(request.words):
                return unchecked(request.words)
            return await self._said(self._placed(request, person), unsure=unsure)
        except Exception as error:  # noqa: BLE001 (whatever went wrong, the asker is told)
            return sorry(error)

    def seen(self, request: Request) -> Request:
        """A request as what is known of its asker at this moment allows."""
        return self._placed(request, self._people.known(request.user))

    def _placed(self, request: Request, person: Person) -> Request:
        """The request; from somebody of another organisation, admin there or not, as a stranger's.

        In a channel shared with that organisation its people can click and type, too. They see what
        everybody may see.
        """
        if self._is_ours(request) and not person.outsider:
            return request
        return _outside(request)

    async def _said(self, request: Request, *, unsure: bool) -> Said:
        async with asyncio.timeout(self._timing.answer):
            reply = await self._answer(request)
            if not reply.private:
                reply = await self._shareable(reply, request)
        if unsure and reply.private:
            reply = replace(reply, blocks=(*reply.blocks, _UNSURE))
        return Said.of(reply, apology=reply is _NOT_SHARED)

    async def _shareable(self, reply: Reply, request: Request) -> Reply:
        """What of a shared answer everybody in the channel may see."""
        if not self._is_ours(request) or not await self._channels.may_be_shared(request.channel.id):
            return reply
        public = await self._answer(_outside(request))
        return _NOT_SHARED if public.private else public

    def _is_ours(self, request: Request) -> bool:
        return request.channel.workspace == self._team


def _outside(request: Request) -> Request:
    return replace(request, channel=replace(request.channel, workspace=OUTSIDE), moderator=False)
