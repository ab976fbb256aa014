from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.platforms.discord.catalogue import read_catalogues
from tests.loopback import discord_limits as limits, discord_payloads as make
from tests.loopback.discord import DiscordServer
from tests.loopback.discord_payloads import GUILD, MANAGE_GUILD, PERSON
from tests.platforms.discord.conftest import Connect, FakeAnswers

Payload = dict[str, Any]


async def synced(server: DiscordServer, connect: Connect) -> list[Payload]:
    """The commands as they are registered."""
    async with connect():
        await server.until(lambda: server.rest.syncs)
    ((_, commands),) = server.rest.syncs
    return commands


def every(things: list[Payload]) -> Iterator[Payload]:
    """Every command, option and choice."""
    for thing in things:
        yield thing
        yield from every(thing.get("options") or [])
        yield from every(thing.get("choices") or [])


async def test_people_take_the_commands_along_and_servers_have_digests(
    server: DiscordServer, connect: Connect
) -> None:
    commands = await synced(server, connect)

    places = {c["name"]: (c["contexts"], c["integration_types"]) for c in commands}
    assert places == {
        "brief": ([0, 1, 2], [0, 1]),
        "digest": ([0], [0]),
        "Check in briefings": ([0, 1, 2], [0, 1]),
    }


@pytest.mark.parametrize("language", sorted(read_catalogues()))
async def test_a_catalogue_is_complete_and_within_the_limits(
    server: DiscordServer, connect: Connect, language: str
) -> None:
    commands = await synced(server, connect)
    things = [*every(commands)]
    catalogue = read_catalogues()[language]
    named = {t["name"]: t["name_localizations"].get(language) for t in things if "type" in t}
    said = {t["description"]: t["description_localizations"] for t in things if "options" in t}
    choices = {t["name"]: t["name_localizations"].get(language) for t in things if "value" in t}

    assert named == catalogue["names"]
    texts = {t["description"] for t in things if t.get("description")} | choices.keys()
    assert texts == catalogue["texts"].keys()
    assert said
    translated = [_in(language, one) for one in commands]
    assert limits.command_problems(translated) == []
    for command in commands:
        for group in (command, *command.get("options", [])):
            options = [one["name_localizations"][language] for one in group.get("options") or []]
            assert len(options) == len(set(options))


def _in(language: str, thing: Payload) -> Payload:
    """A command as people read it who use that language."""
    own = {"name": thing["name_localizations"].get(language, thing["name"])}
    for key in ("options", "choices"):
        own |= {key: [_in(language, one) for one in thing.get(key) or []]}
    if thing.get("description"):
        own["description"] = thing["description_localizations"][language]
    return {**thing, **own}


async def test_another_language_is_one_more_file(tmp_path: Path) -> None:
    words = {"names": {"faq": "ofte-stillede"}, "texts": {}}
    (tmp_path / "da.json").write_text(json.dumps(words))
    assert read_catalogues(tmp_path) == {"da": words}


async def test_a_changed_translation_is_registered(
    server: DiscordServer, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(tmp_path / "memory.json"):
        await server.until(lambda: len(server.rest.syncs) == 1)
    changed = {"de": {"names": {"faq": "fragen-und-antworten"}, "texts": {}}}
    monkeypatch.setattr("bot.platforms.discord.catalogue.read_catalogues", lambda: changed)
    async with connect(tmp_path / "memory.json"):
        await server.until(lambda: len(server.rest.syncs) == 2)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"content": "Is it <@123> true?\nSee https://x.example [x](y)"}, "Is it true? See [x](y)"),
        ({"content": "look on page 3"}, "look on page 3."),
        ({"content": "word " * 200}, ("word " * 60).strip()),
        ({"content": "x" * 400}, "x" * 300),
        ({"components": [{"type": 17, "components": [{"type": 10, "content": "Said"}]}]}, "Said"),
        ({"embeds": [{"type": "rich", "title": "A", "description": "B"}]}, "A B"),
    ],
)
async def test_a_message_is_looked_for_in_the_briefings(
    server: DiscordServer,
    connect: Connect,
    answers: FakeAnswers,
    message: Payload,
    words: str,
) -> None:
    async with connect():
        asked = await server.check(make.message(make.CHANNEL, message))

    assert [request.words for request in answers.requests] == [f"search {words}"]
    assert asked.ephemeral


@pytest.mark.parametrize("content", ["", " \n ", "<@123>"])
async def test_a_message_without_words_is_told_to_have_none(
    server: DiscordServer, connect: Connect, answers: FakeAnswers, content: str
) -> None:
    async with connect():
        asked = await server.check(make.message(make.CHANNEL, {"content": content}))

    assert answers.requests == []
    assert "no words in that message" in asked.text


async def test_where_somebody_brought_the_bot_along_it_is_as_in_a_direct_channel(
    server: DiscordServer, connect: Connect, answers: FakeAnswers
) -> None:
    elsewhere = "710000000000000099"
    async with connect():
        asked = await server.slash("faq", story="x", wait=False, permissions=MANAGE_GUILD)
        await server.until(lambda: asked.callback)
        brought = {**asked.payload, "id": make.next_id(), "token": "brought"}
        brought |= {"guild_id": elsewhere, "guild": {"id": elsewhere, "features": []}}
        brought["authorizing_integration_owners"] = {"1": PERSON}
        again = server.rest.interactions.expect(brought)
        await server.gateway.open[0].dispatch("INTERACTION_CREATE", brought)
        await server.until(lambda: again.callback)
        installed = {**brought, "token": "installed", "id": make.next_id()}
        installed["authorizing_integration_owners"] = {"0": elsewhere}
        third = server.rest.interactions.expect(installed)
        await server.gateway.open[0].dispatch("INTERACTION_CREATE", installed)
        await server.until(lambda: third.callback)

    told = [(request.channel.workspace, request.moderator) for request in answers.requests]
    assert told == [(GUILD, True), ("@me", False), (elsewhere, True)]
