"""One interaction with Discord: the first response, or a deferral and what is edited in later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.domain.reply import Paragraph, Reply, line
from bot.platforms.discord.content import to_content
from bot.platforms.discord.failures import DISCORD_FAILURES, GONE, name_of
from bot.platforms.discord.form import to_modal
from bot.platforms.discord.message import Dialog, Message, Plain

_LOG = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]

_Say = Callable[[Reply], Awaitable[None]]

_SHARED = Reply("Shared", (Paragraph(line("Everyone in this channel can see it now.")),))


class Exchange:
    """What was asked by one interaction, and the one answer it may have, in `timeout` seconds."""

    def __init__(self, interaction: Interaction, timeout: float) -> None:
        self._interaction, self._timeout = interaction, timeout
        self._deferral: asyncio.Task[None] | None = None
        clicked = interaction.message
        #: A click on a message that one person sees turns its page; others see no change of theirs.
        self._in_place = bool(clicked and clicked.flags.ephemeral and clicked.flags.components_v2)
        #: Discord opens no form in answer to one; after a deferral neither.
        self._opens = interaction.type is not discord.InteractionType.modal_submit

    def defer(self) -> None:
        """Ask Discord for more time."""
        self._deferral = asyncio.create_task(self._defer())

    async def finish(self, reply: Reply) -> None:
        """Send the answer; what Discord refuses is logged.

        Raises:
            HTTPException: Discord refuses the message itself.
        """
        await self._send(self._respond, self._follow_up, reply)

    async def finish_plainly(self, reply: Reply) -> None:
        """Send an answer that Discord refused as a page; it raises what `finish` does."""
        await self._send(self._respond_plainly, self._follow_up_plainly, reply)

    async def _send(self, respond: _Say, follow_up: _Say, reply: Reply) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                if self._deferral is None:
                    await respond(reply)
                else:
                    await self._deferral
                    await follow_up(reply)
        except DISCORD_FAILURES as error:
            if isinstance(error, discord.HTTPException) and error.code == _BAD_FORM:
                raise
            note_failure(self._interaction, error)

    async def _defer(self) -> None:
        thinking = not self._in_place
        await self._interaction.response.defer(ephemeral=thinking, thinking=thinking)

    async def _respond(self, reply: Reply) -> None:
        response = self._interaction.response
        modal = to_modal(reply.form) if reply.form and self._opens else None
        if modal:
            await response.send_modal(Dialog(modal))
        elif self._in_place and reply.private:
            await response.edit_message(view=Message(reply))
        else:
            await response.send_message(view=Message(reply), ephemeral=reply.private)

    async def _follow_up(self, reply: Reply) -> None:
        """Edit the deferred answer, which stays private; a public one is a message of its own."""
        if reply.private:
            await self._interaction.edit_original_response(view=Message(reply))
            return
        if not self._in_place:
            await self._interaction.edit_original_response(view=Message(_SHARED))
        await self._interaction.followup.send(view=Message(reply))

    async def _respond_plainly(self, reply: Reply) -> None:
        shown = to_content(reply)
        await self._interaction.response.send_message(
            shown["content"],
            view=Plain(shown["components"]),
            ephemeral=reply.private,
            suppress_embeds=True,
        )

    async def _follow_up_plainly(self, reply: Reply) -> None:
        shown = to_content(reply)
        view = Plain(shown["components"])
        if reply.private and not self._in_place:
            await self._interaction.edit_original_response(content=shown["content"], view=view)
        else:
            await self._interaction.followup.send(
                shown["content"], view=view, ephemeral=reply.private, suppress_embeds=True
            )


#: Discord's code for a message that is not as it should be: a mistake of ours.
_BAD_FORM = 50035


def note_failure(interaction: Interaction, error: Exception) -> None:
    """Log that an answer did not arrive: a line for what happens, more for what should not."""
    if isinstance(error, discord.HTTPException) and error.code in GONE:
        _LOG.info("interaction %s was already over (%s)", interaction.id, name_of(error))
    else:
        _LOG.warning("interaction %s was not answered (%s)", interaction.id, name_of(error))
