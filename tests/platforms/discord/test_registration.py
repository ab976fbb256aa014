from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.verbs import DIGEST, VERBS
from tests.loopback.discord import MANAGE_GUILD, DiscordServer
from tests.loopback.discord_payloads import APPLICATION, GUILD
from tests.platforms.discord.conftest import Connect


async def registered(server: DiscordServer, times: int) -> None:
    """Wait until the commands were registered so many times."""
    await server.until(lambda: len(server.rest.syncs) == times, f"{times} registrations")


async def test_the_commands_are_the_verbs(server: DiscordServer, connect: Connect) -> None:
    async with connect():
        await registered(server, 1)

    ((scope, (brief, digest, check)),) = server.rest.syncs
    options = {o["name"]: [each["name"] for each in o["options"]] for o in brief["options"]}
    assert (scope, brief["name"]) == ("", "brief")
    assert (check["name"], check["type"]) == ("Check in briefings", 3)
    assert list(options) == [verb.name for verb in VERBS if verb is not DIGEST]
    assert options["faq"] == ["story", "words"]
    assert options["ask"] == ["question", "story"]
    assert options["help"] == []
    assert options["use"] == ["story"]
    assert digest["name"] == "digest"
    assert (digest["contexts"], digest["integration_types"]) == ([0], [0])
    assert digest["default_member_permissions"] == MANAGE_GUILD


async def test_commands_that_did_not_change_are_not_registered_again(
    server: DiscordServer, connect: Connect, tmp_path: Path
) -> None:
    memory = tmp_path / "state" / "discord.json"
    async with connect(memory):
        await registered(server, 1)
    async with connect(memory):
        await server.slash("help")

    assert len(server.rest.syncs) == 1
    assert list(json.loads(memory.read_text())) == [f"{APPLICATION}:everywhere"]


async def test_commands_that_changed_are_registered_again(
    server: DiscordServer, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "discord.json"
    async with connect(memory):
        await registered(server, 1)
    monkeypatch.setattr("bot.platforms.discord.commands.VERBS", VERBS[:-1])
    async with connect(memory):
        await registered(server, 2)

    assert len(server.rest.syncs[1][1][0]["options"]) == len(VERBS) - 2


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}'])
async def test_a_broken_memory_costs_one_registration(
    server: DiscordServer, connect: Connect, tmp_path: Path, content: str
) -> None:
    memory = tmp_path / "discord.json"
    memory.write_text(content)
    async with connect(memory):
        await registered(server, 1)

    assert f"{APPLICATION}:everywhere" in json.loads(memory.read_text())


async def test_a_memory_that_cannot_be_written_is_a_line_in_the_log(
    server: DiscordServer, connect: Connect, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    async with connect(tmp_path / "file" / "discord.json"):
        await registered(server, 1)
        await server.until(lambda: "cannot remember" in caplog.text)
        await server.slash("help")


async def test_a_development_guild_has_commands_of_its_own(
    server: DiscordServer, connect: Connect
) -> None:
    async with connect(dev_guild=int(GUILD)):
        await server.slash("help")

    assert [scope for scope, _ in server.rest.syncs] == [GUILD]


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (403, 50001, "invite the bot anew"),
        (400, 50035, "a mistake in this bot"),
        (503, 0, "start the bot again"),
    ],
)
async def test_a_failed_registration_says_what_to_do_and_stops_nothing(
    server: DiscordServer,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: int,
    remedy: str,
) -> None:
    async with connect():
        await registered(server, 1)
    server.rest.fail("PUT", "/commands", status, code)
    async with connect():
        await server.until(lambda: remedy in caplog.text, remedy)
        asked = await server.slash("help")

    assert "You said help" in asked.text
    assert "Traceback" not in caplog.text


async def test_a_long_rate_limit_does_not_hold_up_the_bot(
    server: DiscordServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect():
        await registered(server, 1)
    server.rest.limit_rate("PUT", "/commands", seconds=3600)
    async with connect():
        await server.until(lambda: "tomorrow" in caplog.text)
        await server.slash("help")
