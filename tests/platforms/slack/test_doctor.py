from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from bot import clock
from bot.domain.platform import Checkup
from bot.domain.problem import Severity
from bot.platforms.slack import doctor
from bot.platforms.slack.settings import Settings
from tests.loopback.slack import APP_TOKEN, BOT_TOKEN, Fault, SlackServer
from tests.loopback.slack_accounts import CLIENT_ID, CLIENT_SECRET, CONFIG_TOKEN, Team
from tests.loopback.slack_http import SIGNING_SECRET
from tests.platforms.slack.conftest import House, listening_over_http, make_house
from tests.platforms.slack.installed import keep
from tests.platforms.slack.keeping import Kept

ROOT = Path(__file__).parents[3]
SOCKET = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN}
HTTP = {"bot_token": BOT_TOKEN, "signing_secret": "0123456789abcdef" * 2}
MANY = {**HTTP, "bot_token": None, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


async def examined(
    slack: SlackServer, given: dict[str, Any], kept: Kept | None = None, **more: Any
) -> Checkup:
    settings = Settings(_env_file=None, api_url=slack.api_url, **(given | more))
    return await doctor(settings, make_house(kept))


def errors(checkup: Checkup) -> list[str]:
    return [str(each) for each in checkup.problems if each.severity is Severity.ERROR]


@pytest.mark.parametrize("given", [SOCKET, HTTP])
async def test_an_app_in_order_is_said_to_be(given: dict[str, Any]) -> None:
    async with SlackServer() as slack:
        checkup = await examined(slack, given)
        assert errors(checkup) == []
        assert "SLACK_BOT_TOKEN: Slack takes it in Loopback" in checkup.checked


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"bot_token": "xoxb-wrong-secret"}, "SLACK_BOT_TOKEN (invalid_auth)"),
        ({"app_token": "xapp-wrong-secret"}, "SLACK_APP_TOKEN (invalid_auth)"),
        ({"app_token": None}, "SLACK_APP_TOKEN is not set"),
        ({"bot_token": "xapp-wrong-secret"}, "SLACK_BOT_TOKEN does not begin with xoxb-"),
    ],
)
async def test_a_wrong_token_is_named_with_a_remedy_and_never_shown(
    given: dict[str, Any], said: str
) -> None:
    async with SlackServer() as slack:
        (problem,) = errors(await examined(slack, SOCKET, **given))
        assert said in problem
        assert " — " in problem
        assert "secret" not in problem


async def test_missing_scopes_are_named() -> None:
    async with SlackServer() as slack:
        slack.scopes = "commands,users:read,channels:read,groups:read"
        (problem,) = errors(await examined(slack, SOCKET))
        assert "lacks the scopes app_mentions:read, chat:write" in problem
        assert "install the app again" in problem


@pytest.mark.parametrize("fault", [Fault(status=503), Fault(drop="before"), Fault(garbled=True)])
async def test_an_outage_is_told_as_one(fault: Fault) -> None:
    async with SlackServer() as slack:
        slack.keep_failing("auth.test", fault)
        slack.keep_failing("apps.connections.open", fault)
        (problem,) = errors(await examined(slack, SOCKET))
        assert "cannot be reached" in problem
        assert "SLACK_API_URL" in problem


async def test_a_clock_that_is_off_is_told() -> None:
    async with SlackServer() as slack:
        settings = Settings(_env_file=None, api_url=slack.api_url, **SOCKET)  # type: ignore[arg-type]
        off = replace(make_house(), now=lambda: clock.now() + timedelta(minutes=9))
        (problem,) = errors(await doctor(settings, off))
        assert "clock is 5" in problem


async def test_workspaces_that_installed_it_are_each_looked_at() -> None:
    async with SlackServer() as slack:
        kept = Kept()
        keep(kept, slack, Team("TA", "Ants"), Team("TB", "Bees"))
        assert errors(await examined(slack, MANY, kept)) == []
        slack.accounts.revoked.add(slack.accounts.token_of("TB"))
        (problem,) = errors(await examined(slack, MANY, kept))
        assert "the token of slack:TB (token_revoked)" in problem


async def test_a_wrong_client_secret_is_told() -> None:
    async with SlackServer() as slack:
        (problem,) = errors(await examined(slack, MANY, Kept(), client_secret="hush"))
        assert "SLACK_CLIENT_SECRET (bad_client_secret)" in problem
        assert "hush" not in problem


async def test_a_missing_key_is_told() -> None:
    async with SlackServer() as slack:
        broken = Kept(broken="BOT_SECRET_KEY is not set. Make one.")
        (problem,) = errors(await examined(slack, MANY, broken))
        assert problem == "BOT_SECRET_KEY is not set — Make one"


async def test_an_odd_signing_secret_is_doubted() -> None:
    async with SlackServer() as slack:
        checkup = await examined(slack, HTTP, signing_secret="xoxb-pasted")
        assert "does not look like one" in " ".join(map(str, checkup.problems))
        assert "pasted" not in " ".join(map(str, checkup.problems))


@asynccontextmanager
async def outside(slack: SlackServer, house: House) -> AsyncIterator[str]:
    async with listening_over_http(slack, house) as running:
        yield running.url


async def test_the_running_bot_is_called_from_outside(house: House) -> None:
    async with SlackServer() as slack, outside(slack, house) as url:
        known: dict[str, Any] = {"signing_secret": SIGNING_SECRET, "public_url": url}
        checkup = await examined(slack, HTTP, **known)
        assert errors(checkup) == []
        assert f"{url}/slack/events: the bot answers signed requests" in checkup.checked
        (problem,) = errors(await examined(slack, HTTP, public_url=url))
        assert "HTTP 401" in problem
        (problem,) = errors(await examined(slack, HTTP, **known | {"public_url": f"{url}/x"}))
        assert "HTTP 404" in problem
    async with SlackServer() as slack:
        (problem,) = errors(await examined(slack, HTTP, public_url="http://127.0.0.1:9"))
        assert "is not reached" in problem


async def test_the_manifest_is_read_and_compared() -> None:
    async with SlackServer() as slack:
        manifest = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yaml").read_text())
        slack.accounts.manifest = manifest
        known: dict[str, Any] = {"config_token": CONFIG_TOKEN, "app_id": "A1"}
        checkup = await examined(slack, SOCKET, **known)
        assert (errors(checkup), checkup.problems) == ([], [])
        manifest["settings"]["socket_mode_enabled"] = False
        (problem,) = errors(await examined(slack, SOCKET, **known))
        assert "socket_mode_enabled" in problem
        (problem,) = errors(await examined(slack, SOCKET, app_id="A1", config_token="xoxe.xoxp-no"))
        assert "SLACK_CONFIG_TOKEN" in problem


async def test_both_kinds_of_account_are_told_apart() -> None:
    async with SlackServer() as slack:
        checkup = await examined(slack, SOCKET, client_secret=SecretStr("s"))
        assert "leave out SLACK_BOT_TOKEN" in " ".join(map(str, checkup.problems))
        assert errors(checkup) == []


def run(*words: str, **settings: str) -> tuple[int, str, str]:
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "doctor", *words],
        env={"PYTHONPATH": ":".join([str(ROOT), *filter(None, sys.path)]), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


async def run_beside(slack: SlackServer, *words: str, **settings: str) -> tuple[int, str, str]:
    return await asyncio.to_thread(run, *words, SLACK_API_URL=slack.api_url, **settings)


async def test_the_command_says_by_its_exit_code_what_it_found() -> None:
    tokens = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
    async with SlackServer() as slack:
        code, out, err = await run_beside(slack, "slack", **tokens)
        assert (code, err) == (0, "slack: no problems\n"), out
        assert "slack: ok: SLACK_APP_TOKEN" in out
        assert (await run_beside(slack, **tokens))[0] == 0
        wrong = tokens | {"SLACK_BOT_TOKEN": "xoxb-wrong-secret"}
        code, out, err = await run_beside(slack, "slack", **wrong)
        assert (code, err) == (1, "slack: 1 problem\n")
        assert "Slack refuses SLACK_BOT_TOKEN (invalid_auth)" in out
        for secret in (BOT_TOKEN, APP_TOKEN, "wrong-secret"):
            assert secret not in out + err


def test_an_account_that_is_not_configured_is_no_problem_but_a_misuse() -> None:
    code, out, err = run("slack")
    assert (code, out) == (2, "")
    assert "slack is not configured" in err
    code, _, err = run()
    assert code == 2
    assert "no account is configured" in err
    code, _, err = run("teams")
    assert code == 2
    assert "no doctor for 'teams'" in err
