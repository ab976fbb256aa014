"""Asking the house: who asks is known as well as needed, and whatever happens, there is a reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.domain.platform import Answer
from bot.domain.reply import Note, line
from bot.domain.request import Request
from bot.platforms.slack.people import People, Person
from bot.platforms.slack.rights import is_for_moderators, needs_rights
from bot.platforms.slack.said import Said, sorry, unchecked
from bot.platforms.slack.timing import Timing

_UNSURE: Final = Note(
    line(
        "Slack did not say just now whether you are a moderator, so this is what everybody gets. "
        "If you are one, try again in a minute."
    )
)


class Asking:
    """Asks for answers in one workspace, `team`."""

    def __init__(self, answer: Answer, people: People, team: str, timing: Timing) -> None:
        self._answer = answer
        self._people = people
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
            return await self._said(request, unsure=unsure)
        except Exception as error:  # noqa: BLE001 (whatever went wrong, the asker is told)
            return sorry(error)

    async def _said(self, request: Request, *, unsure: bool) -> Said:
        if not self._is_ours(request):  # a guest from another organisation, admin there or not
            request = replace(request, moderator=False)
        async with asyncio.timeout(self._timing.answer):
            reply = await self._answer(request)
        if unsure and reply.private:
            reply = replace(reply, blocks=(*reply.blocks, _UNSURE))
        return Said.of(reply)

    def _is_ours(self, request: Request) -> bool:
        return request.channel.workspace == self._team
