from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.problem import Problem
from bot.domain.reply import Option, Reply
from bot.domain.request import Channel, Request
from bot.store import Store
from tests.answers.digests.house import House as Desk
from tests.loopback.slack import Message, Modal, SlackServer
from tests.platforms.slack.conftest import (
    CHANNEL,
    QUICK,
    House,
    Running,
    listening,
    message_of,
    shown,
)

WISH = "digest add all at 09:00 daily in Europe/Lisbon"


@dataclass
class Digests(House):
    """The bot's own answers, with a store."""

    desk: Desk | None = None

    async def answer_to(self, words: str) -> Reply:
        raise NotImplementedError

    async def answer(self, request: Request) -> Reply:
        assert self.desk
        self.asked.append(request)
        return await self.desk.answers(request)

    def complete(self, request: Request) -> Sequence[Option]:
        assert self.desk
        return self.desk.answers.complete(request)


class SlackDesk(Desk):
    """Asks Slack whether a channel can be posted to."""

    running: Running | None = None

    async def _check(self, channel: Channel) -> Problem | None:
        return await self.running.platform.check(channel) if self.running else None

    async def _forbids(self, channel: Channel, user: str, internal: bool) -> Problem | None:
        assert self.running
        return await self.running.platform.forbids(channel, user, internal=internal)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[SlackDesk]:
    async with await Store.open(f"sqlite:///{tmp_path}/bot.db") as store:
        yield SlackDesk(store)


async def new_form(slack: SlackServer) -> Modal:
    """The form behind the button of `/brief digest`."""
    message = message_of(await slack.slash("digest"))
    await slack.click(message, "New")
    await slack.until(lambda: slack.workspace.views.modals)
    return slack.modal()


def admin(slack: SlackServer) -> None:
    slack.workspace.add_user("U1", is_admin=True, tz="Europe/Madrid")


async def test_a_digest_is_scheduled_by_menus_in_its_own_channel_and_zone(desk: SlackDesk) -> None:
    async with SlackServer() as slack, listening(slack, Digests(desk=desk)) as desk.running:
        admin(slack)
        modal = await new_form(slack)
        assert modal.shown("Channel")["selected_conversation"] == "C1"
        assert modal.shown("Time zone")["selected_option"]["value"] == "Europe/Madrid"
        await slack.suggest(modal, "Time zone", "lisb")
        await slack.suggest(modal, "Stories", "venez")
        (venezuela,) = [one for one in modal.offered("Stories") if "All" not in one]
        await slack.submit(modal, Stories=venezuela, Time_zone="Europe/Lisbon", Channel="C2")
        assert "Nothing is saved yet" in modal.everything()
        assert await desk.saved(Channel("slack", "T1", "C2")) == []
        await slack.use(modal, "Save")
        await slack.until(lambda: "is scheduled" in modal.everything())
        (saved,) = await desk.saved(Channel("slack", "T1", "C2"))
        assert (saved.stories, saved.zone) == (("venezuela-link",), "Europe/Lisbon")


async def test_a_time_that_is_not_understood_is_said_at_its_field(desk: SlackDesk) -> None:
    async with SlackServer() as slack, listening(slack, Digests(desk=desk)) as desk.running:
        admin(slack)
        modal = await new_form(slack)
        await slack.submit(modal, When="at half past eight")
        assert "“half past eight”" in modal.error("When")
        assert len(modal.errors) == 1
        await slack.submit(modal, When="at 08:30 daily")
        assert "Nothing is saved yet" in modal.everything()


async def test_a_channel_that_cannot_be_posted_to_is_said_at_once(desk: SlackDesk) -> None:
    async with SlackServer() as slack, listening(slack, Digests(desk=desk)) as desk.running:
        admin(slack)
        slack.workspace.archived.add("C8")
        slack.workspace.about["C9"] = {"name": "news"}
        modal = await new_form(slack)
        await slack.submit(modal, Channel="C8")
        assert "archived" in modal.error("Channel")
        await slack.submit(modal, Channel="C9")
        assert "/invite @briefing" in modal.everything()
        assert modal.inputs == []


async def test_a_channel_can_be_named_as_slack_names_it(desk: SlackDesk) -> None:
    async with SlackServer() as slack, listening(slack, Digests(desk=desk)) as desk.running:
        admin(slack)
        message = message_of(await slack.slash_raw(f"{WISH} in <#C2|news>"))
        await slack.click(message, "Save")
        await slack.until(lambda: message.edits)
        (saved,) = await desk.saved(Channel("slack", "T1", "C2"))
        assert saved.channel.id == "C2"


async def test_a_private_channel_named_by_its_id_is_as_unknown_as_one_that_is_not_there(
    desk: SlackDesk,
) -> None:
    async with SlackServer() as slack, listening(slack, Digests(desk=desk)) as desk.running:
        admin(slack)
        slack.workspace.about["C2"] = {"is_private": True, "name": "takeover"}
        hidden, absent = [
            message_of(await slack.slash(f"{WISH} in slack:T1/{name}")) for name in ("C2", "C9")
        ]
        assert hidden.text.replace("C2", "C9") == absent.text
        assert "no such channel" in hidden.text
        slack.workspace.members["C2"] = ["U1"]
        assert (
            "Nothing is saved yet" in message_of(await slack.slash(f"{WISH} in slack:T1/C2")).text
        )


async def preview(slack: SlackServer) -> Message:
    admin(slack)
    return message_of(await slack.slash(WISH))


@pytest.mark.parametrize("flags", [{}, {"is_admin": True, "is_restricted": True}])
async def test_rights_that_are_lost_before_saving_save_nothing(
    desk: SlackDesk, flags: dict[str, Any]
) -> None:
    house, timing = Digests(desk=desk), replace(QUICK, trust=0.0)
    async with SlackServer() as slack, listening(slack, house, timing) as desk.running:
        message = await preview(slack)
        slack.workspace.add_user("U1", **flags)
        await slack.click(message, "Save")
        await slack.until(lambda: message.edits)
        assert "moderators" in message.text
        assert await desk.saved() == []
        assert ("digest confirm", "refused: not a moderator") in await desk.acts()


@pytest.mark.parametrize(
    "value",
    ["digest confirm 999", "digest confirm x", "digest now 1 confirm", "digest \u202e", "use"],
)
async def test_a_made_up_button_gets_a_kind_sentence(desk: SlackDesk, value: str) -> None:
    async with SlackServer() as slack, listening(slack, Digests(desk=desk)) as desk.running:
        message = await preview(slack)
        await slack.act(message, {"type": "button", "action_id": "b1:1", "value": value})
        await slack.until(lambda: message.edits or len(slack.seen_by("U1")) > 1)
        assert (await shown(slack, 1)).text
        assert "went wrong" not in (await shown(slack, 1)).text
        assert await desk.saved() == []


async def test_a_modal_of_before_a_restart_still_saves(desk: SlackDesk) -> None:
    async with SlackServer() as slack:
        async with listening(slack, Digests(desk=desk)) as desk.running:
            admin(slack)
            modal = await new_form(slack)
        async with listening(slack, Digests(desk=desk)) as desk.running:
            await slack.submit(modal)
        async with listening(slack, Digests(desk=desk)) as desk.running:
            await slack.use(modal, "Save")
            await slack.until(lambda: "is scheduled" in modal.everything())
        assert len(await desk.saved(CHANNEL)) == 1
