"""Answers to interactions: in Discord's time, and kindly whatever goes wrong."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

import discord

from bot.domain.platform import Answer, Complete
from bot.domain.reply import Paragraph, Reply, code, line
from bot.platforms.discord.completion import choices_for
from bot.platforms.discord.exchange import Exchange, Interaction, note_failure
from bot.platforms.discord.failures import DISCORD_FAILURES
from bot.platforms.discord.refill import Refill, Values, Writer
from bot.platforms.discord.targets import without_unseen
from bot.platforms.discord.to_request import to_request

_LOG = logging.getLogger(__name__)

#: Discord gives a first response three seconds; past this limit we ask for more time.
LIMIT: Final = 2.0
#: Nobody is kept waiting for longer than this.
_PATIENCE: Final = 25.0

OLDER_CONTROL = Reply(
    "This control is from another version of the bot",
    (Paragraph(line("Type ", code("/brief"), " to see where things stand.")),),
)
OLDER_COMMAND = Reply(
    "This command has changed",
    (Paragraph(line("Discord still offers an older form of it. Try again in a minute.")),),
)


class Answering:
    """Answers interactions: at once where it can, else by asking Discord for time."""

    def __init__(
        self,
        answer: Answer,
        complete: Complete,
        *,
        limit: float,
        http_timeout: float,
        roles: Collection[int] = (),
    ) -> None:
        self._answer, self._complete = answer, complete
        self._limit, self._http_timeout = limit, http_timeout
        self._roles = frozenset(roles)
        self._refill = Refill()
        self._busy: set[asyncio.Task[Any] | None] = set()

    async def answer(self, interaction: Interaction, words: str) -> Reply:
        """Answer the words that were typed, clicked or picked; return what was said."""
        task = asyncio.current_task()
        self._busy.add(task)
        exchange = Exchange(interaction, self._http_timeout)
        timer = asyncio.get_running_loop().call_later(self._limit, exchange.defer)
        try:
            reply = await self._reply(interaction, words)
            timer.cancel()
            await _finish(exchange, self._refilled(interaction, reply))
            return reply
        finally:
            timer.cancel()
            self._busy.discard(task)

    async def answer_form(
        self, interaction: Interaction, form: str, words: str, values: Values
    ) -> None:
        """Answer what was filled in instead of the form that asks the words `form`, or into it.

        What is refused stands in that form when it is opened next.
        """
        writer = _writer(interaction)
        self._refill.keep(writer, form, values)
        reply = await self.answer(interaction, words)
        if not reply.refusal:
            self._refill.drop(writer, form)

    async def say(self, interaction: Interaction, reply: Reply) -> None:
        """Say something that needs no thought."""
        await Exchange(interaction, self._http_timeout).finish(reply)

    async def offer(self, interaction: Interaction, command: str) -> None:
        """Complete the option of a command (`brief faq`) that is being typed."""
        try:
            choices = choices_for(interaction, command, self._complete, self._roles)
        except Exception:  # noqa: BLE001 (whatever it was, the person just gets no choices)
            _LOG.exception("completing /%s failed", command)
            choices = []
        try:
            await interaction.response.autocomplete(choices)
        except DISCORD_FAILURES as error:
            note_failure(interaction, error)

    async def drain(self, seconds: float) -> None:
        """Wait for the answers that are under way, but not for ever."""
        if busy := [task for task in self._busy if task is not None]:
            await asyncio.wait(busy, timeout=seconds)

    def _refilled(self, interaction: Interaction, reply: Reply) -> Reply:
        """Return a reply whose form holds what this person filled in before."""
        form = self._refill.into(reply.form, _writer(interaction)) if reply.form else None
        return reply if form is reply.form else replace(reply, form=form)

    async def _reply(self, interaction: Interaction, words: str) -> Reply:
        try:
            request = to_request(interaction, without_unseen(interaction, words), self._roles)
            async with asyncio.timeout(_PATIENCE):
                return await self._answer(request)
        except Exception:  # noqa: BLE001 (whatever it was, the person is told)
            return apology("answering a request failed")


def apology(what: str) -> Reply:
    """Log the exception that is being handled; return what to say, with a number to find it by."""
    number = secrets.token_hex(3)
    _LOG.exception("%s (error %s)", what, number)
    said = f"Please try again. If it happens again, tell whoever runs this bot: error {number}."
    return Reply("Something went wrong", (Paragraph(line(said)),))


def _writer(interaction: Interaction) -> Writer:
    return str(interaction.user.id), str(interaction.channel_id)


async def _finish(exchange: Exchange, reply: Reply) -> None:
    try:
        await exchange.finish(reply)
    except discord.HTTPException:
        await exchange.finish(apology("Discord refused a message"))
