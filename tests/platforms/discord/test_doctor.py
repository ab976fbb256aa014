from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.domain.platform import Checkup
from bot.domain.problem import Severity
from bot.platforms.discord import doctor
from tests.loopback.discord import DiscordServer
from tests.loopback.discord_payloads import COMMON, GUILD
from tests.platforms.discord.conftest import settings_for
from tests.platforms.slack.conftest import make_house

ROOT = Path(__file__).parents[3]
LINK = (
    "https://discord.com/oauth2/authorize?client_id=700000000000000001"
    "&scope=bot+applications.commands&permissions=274877975552"
)


@pytest.fixture
def ready(server: DiscordServer) -> None:
    """Everything is as the bot needs it."""
    server.rest.permissions = COMMON
    server.rest.commands[""] = [{"name": "brief"}, {"name": "digest"}]


async def examined(server: DiscordServer, **settings: Any) -> Checkup:
    return await doctor(settings_for(server, **settings), make_house())


def told(checkup: Checkup, severity: Severity = Severity.ERROR) -> list[str]:
    return [str(each) for each in checkup.problems if each.severity is severity]


@pytest.mark.usefixtures("ready")
async def test_an_account_in_order_is_said_to_be_and_the_link_is_printed(
    server: DiscordServer,
) -> None:
    checkup = await examined(server)

    assert checkup.problems == []
    assert checkup.checked == [
        "DISCORD_TOKEN: Discord takes it as briefing bot",
        "the application: its flags are as the bot needs them",
        f"invite the bot with {LINK}",
        "the gateway: 999 new sessions left today, for 1 shard",
        "registered commands: brief, digest",
        "the server Newsroom: nothing is missing",
    ]


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (SecretStr("wrong-secret"), "Discord refuses DISCORD_TOKEN — Copy it at"),
        (SecretStr("se cret"), "DISCORD_TOKEN has characters that no token has"),
        (None, "DISCORD_TOKEN is not set"),
    ],
)
async def test_a_wrong_token_is_named_with_a_remedy_and_never_shown(
    server: DiscordServer, token: SecretStr | None, said: str
) -> None:
    checkup = await examined(server, token=token)

    (problem,) = told(checkup)
    assert said in problem
    assert "secret" not in problem
    assert list(checkup.checked) == []


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("about", "severity", "said"),
    [
        ({"interactions_endpoint_url": "https://x.example"}, Severity.ERROR, "never to this bot"),
        ({"bot_require_code_grant": True}, Severity.ERROR, "requires a code grant"),
        ({"bot_public": False}, Severity.WARNING, "only its owner can invite"),
        ({"integration_types_config": {"0": {}}}, Severity.WARNING, "tick User Install"),
    ],
)
async def test_flags_of_the_application_are_looked_at(
    server: DiscordServer, about: dict[str, Any], severity: Severity, said: str
) -> None:
    server.rest.about = about
    checkup = await examined(server)

    (problem,) = told(checkup, severity)
    assert said in problem
    assert len(checkup.problems) == 1


@pytest.mark.usefixtures("ready")
async def test_what_is_missing_in_a_server_is_named(server: DiscordServer) -> None:
    server.rest.permissions = COMMON & ~(1 << 38) & ~(1 << 16)
    server.rest.fail("GET", f"/guilds/{GUILD}/commands", 403, 50001)
    (problem,) = told(await examined(server))

    assert problem == (
        "the server Newsroom: the bot lacks Read Message History, Send Messages in Threads, its "
        "commands (the scope applications.commands) — invite it anew with the link above; what it "
        "has stays"
    )


@pytest.mark.usefixtures("ready")
async def test_an_administrator_lacks_nothing(server: DiscordServer) -> None:
    server.rest.permissions = 1 << 3
    assert told(await examined(server)) == []


async def test_an_account_that_was_never_used_is_told_what_comes_next(
    server: DiscordServer,
) -> None:
    server.rest.permissions = None
    server.gateway.remaining = 7
    checkup = await examined(server)

    assert told(checkup, Severity.WARNING) == [
        "warning: no commands are registered yet — start the bot: it registers them",
        "warning: the bot is in no server — invite it with the link above",
    ]
    (problem,) = told(checkup)
    assert problem.startswith("only 7 of 1000 new sessions are left")


@pytest.mark.usefixtures("ready")
async def test_a_limited_request_is_asked_again(server: DiscordServer) -> None:
    server.rest.limit_rate("GET", "/users/@me", seconds=0.01)
    server.rest.limit_rate("GET", "/commands", seconds=0.01, times=2)
    assert (await examined(server)).problems == []


@pytest.mark.usefixtures("ready")
async def test_an_outage_is_no_fault_of_the_token(server: DiscordServer) -> None:
    server.rest.fail("GET", "/users/@me", 503)
    (failing,) = told(await examined(server))
    (away,) = told(await examined(server, api_url="http://127.0.0.1:1/api"))

    assert failing.startswith("Discord does not tell (HTTP 503)")
    assert away.startswith("Discord cannot be reached at http://127.0.0.1:1/api")


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(("token", "code"), [("b-o-t.token", 0), ("wrong", 1), ("", 2)])
async def test_the_command_prints_it_and_ends_with_what_it_means(
    server: DiscordServer, tmp_path: Path, token: str, code: int
) -> None:
    given = {"DISCORD_TOKEN": token, "DISCORD_API_URL": server.api_url}
    given["BOT_DATABASE_URL"] = f"sqlite:///{tmp_path / 'bot.db'}"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "doctor", "discord"),
        cwd=tmp_path,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), **given},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()

    assert process.returncode == code, out
    assert (LINK in out.decode()) is (code == 0)
    assert b"Traceback" not in out
