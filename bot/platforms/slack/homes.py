"""Homes: everybody's home tab is published when they open it, and what is used there answered."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from bot.domain.reply import Paragraph, Reply, line
from bot.domain.request import Channel, Request
from bot.platforms.slack.api import Api, Identity
from bot.platforms.slack.asking import OUTSIDE, Asking
from bot.platforms.slack.channels import hidden_from
from bot.platforms.slack.errors import SLACK_FAILURES, code_of
from bot.platforms.slack.home import CHANNEL_MENU, render_home
from bot.platforms.slack.modal import Memo
from bot.platforms.slack.people import People, Person
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.to_request import to_request

Json = dict[str, Any]

_LOG = logging.getLogger(__name__)

_REMEMBERED: Final = 10_000
_FOR_ALL: Final = ("stories", "changes lately")
_OF_CHANNEL: Final = ("use", "digest list")
_OF_WORKSPACE: Final = ("digest list everywhere",)
_UNSURE: Final = Reply(
    "",
    (
        Paragraph(
            line(
                "Slack did not say just now who you are, so this is what everybody gets. Open "
                "this tab again in a minute."
            )
        ),
    ),
)


class Homes:
    """Publishes home tabs in one workspace; of one person's, one at a time and not too often."""

    def __init__(
        self, api: Api, asking: Asking, people: People, me: Identity, timing: Timing
    ) -> None:
        self._api = api
        self._asking = asking
        self._people = people
        self._me = me
        self._timing = timing
        #: What is to be published next, by person: the channel to show, and the hash of the tab.
        self._wanted: dict[str, tuple[str, str | None]] = {}
        self._busy: set[str] = set()
        #: When a tab was published last, with which hash, and what it shows.
        self._shown: dict[str, tuple[float, str, str]] = {}

    async def opened(self, body: Json) -> None:
        """Somebody has opened their tab."""
        event = body["event"]
        if event.get("tab", "home") != "home":
            return
        view = event.get("view") or {}
        await self.show(event["user"], self._channel(view, event["user"]), view.get("hash"))

    async def chosen(self, body: Json) -> bool:
        """Show another channel, if that is what somebody has chosen."""
        action = body["actions"][0]
        if action.get("action_id") != CHANNEL_MENU:
            return False
        channel = action.get("selected_conversation")
        await self.show(body["user"]["id"], str(channel or ""), body["view"].get("hash"))
        return True

    async def show(self, user: str, channel: str, hash: str | None) -> None:
        """Publish somebody's tab as things are now."""
        self._wanted[user] = (channel, hash)
        if user in self._busy:
            return
        self._busy.add(user)
        try:
            while user in self._wanted:
                told_at, _, _ = self._shown.get(user, (0.0, "", ""))
                pause = told_at + self._timing.home - asyncio.get_running_loop().time()
                if user in self._shown and pause > 0:
                    await asyncio.sleep(pause)
                await self._publish(user, *self._wanted.pop(user))
        except SLACK_FAILURES as error:
            _LOG.warning("Slack did not take a home tab (%s)", code_of(error))
        finally:
            self._busy.discard(user)
            self._wanted.pop(user, None)

    async def _publish(self, user: str, channel: str, hash: str | None) -> None:
        view = await self._view(user, channel)
        text = json.dumps(view)
        _, known, shown = self._shown.get(user, (0.0, "", ""))
        if text == shown and hash and hash == known:
            return
        try:
            new = await self._api.publish(user, view, hash)
        except SLACK_FAILURES as error:
            if code_of(error) != "hash_conflict":
                raise
            # It has been published since that hash: what we have is as new as can be.
            new = await self._api.publish(user, view, None)
        self._shown[user] = (asyncio.get_running_loop().time(), new, text)
        if len(self._shown) > _REMEMBERED:
            del self._shown[next(iter(self._shown))]

    async def _view(self, user: str, channel: str) -> Json:
        person = await self._people.current(user, self._timing.ask)
        moderates = person.moderator and not person.outsider
        channel = channel if moderates else ""
        parts = [await self._reply(words, user, user, person) for words in _FOR_ALL]
        if person.unsure:
            return render_home([_UNSURE, *parts], "", user, None)
        if not moderates:
            return render_home(parts, "", user, None)
        if channel and (problem := await hidden_from(self._api, self._me, channel, user)):
            said = Reply("", (Paragraph(line(f"{problem}.")),))
            return render_home(parts, "", user, [said])
        words = _OF_CHANNEL if channel else _OF_WORKSPACE
        told = [await self._reply(one, user, channel or user, person) for one in words]
        return render_home(parts, channel, user, told)

    async def _reply(self, words: str, user: str, channel: str, person: Person) -> Reply:
        # Slack does not say here of which organisation somebody is, so only who is known is ours.
        team = OUTSIDE if person.unsure else self._me.team
        place = Channel("slack", team, channel)
        return (await self._asking.said(user, partial(_ask, words, place, user))).reply

    def _channel(self, view: Mapping[str, Any], user: str) -> str:
        memo = Memo.read(view)
        return memo.channel if memo and memo.channel != user else ""


def _ask(words: str, place: Channel, user: str, person: Person) -> Request:
    return to_request(words, place, (user, None), person)
