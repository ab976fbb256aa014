"""Slack's Web API and response URLs, over one session with one time limit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.platforms.slack.client import Client
from bot.platforms.slack.errors import SLACK_FAILURES, to_platform_error
from bot.platforms.slack.hook import send_to_hook
from bot.platforms.slack.network import proxy_for, quiet_logger
from bot.platforms.slack.settings import Settings, plain

Json = dict[str, Any]

#: The scopes that the bot's token needs; the app's manifest asks for these.
SCOPES = frozenset(
    (
        "app_mentions:read",
        "channels:read",
        "chat:write",
        "commands",
        "groups:read",
        "im:history",
        "users:read",
    )
)
#: With one of these the bot can read what is in channels; it asks for none.
HISTORY_SCOPES = frozenset(("channels:history", "groups:history"))


_LOG = logging.getLogger(__name__)
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is on Slack: its workspace, its ids as a user and as a bot, and its two names."""

    team: str
    enterprise: str | None
    user: str
    bot: str
    name: str
    handle: str


class Api:
    """What the bot calls on Slack, with the token of the settings or with that of a workspace.

    `refused` is called whenever Slack refuses that token. `team` is the workspace that a token of
    a whole organisation is used for.
    """

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession,
        token: str | None = None,
        *,
        team: str | None = None,
        refused: Callable[[str], None] | None = None,
    ) -> None:
        self._settings = settings
        self._session = session
        self._team = team
        self._refused = refused
        token = plain(settings.bot_token) if token is None else token
        self._bot = self.client(token)
        self._bot.retry_handlers = [AsyncRateLimitErrorRetryHandler(max_retry_count=2)]
        # One call is one request: no retry of any kind may hide in it.
        self._once = self.client(token)
        self.scopes: frozenset[str] = frozenset()

    def client(self, token: str | None = None) -> Client:
        """A client of the SDK that retries nothing."""
        client = Client(
            token,
            base_url=self._settings.api_url,
            session=self._session,
            team_id=self._team,
            logger=quiet_logger(),
            retry_handlers=[],
        )
        client.refused = self._refused
        client.proxy = proxy_for(client.base_url)
        return client

    async def identify(self) -> Identity:
        """Who the bot is.

        Raises:
            PlatformError: the token is refused, or Slack cannot be reached.
        """
        remedy = "Install the app again, and copy the token from OAuth & Permissions."
        try:
            me = await self._bot.auth_test()
        except SLACK_FAILURES as error:
            raise to_platform_error(error, "SLACK_BOT_TOKEN", remedy) from None
        self._note_scopes(me)
        if self.scopes and (missing := SCOPES - self.scopes):
            _LOG.warning(
                "Slack: the app lacks %s; add these scopes under OAuth & Permissions, and install "
                "the app again",
                ", ".join(sorted(missing)),
            )
        return Identity(
            team=str(me["team_id"]),
            enterprise=me.get("enterprise_id"),
            user=str(me["user_id"]),
            bot=str(me.get("bot_id", "")),
            name=str(me.get("team", "")),
            handle=str(me.get("user") or "briefing"),
        )

    async def try_socket(self) -> None:
        """Make sure that a socket may be opened: the SDK would ask again and again, for ever.

        Raises:
            PlatformError: the token is refused, or Slack cannot be reached.
        """
        remedy = "It needs the scope connections:write, and Socket Mode must be on."
        try:
            await self._bot.apps_connections_open(app_token=plain(self._settings.app_token))
        except SLACK_FAILURES as error:
            raise to_platform_error(error, "SLACK_APP_TOKEN", remedy) from None

    async def look_up(self, user: str) -> Json:
        """What Slack knows of a person."""
        found = await self._bot.users_info(user=user, include_locale=True)
        person: Json = found["user"]
        return person

    async def members(self, group: str) -> frozenset[str]:
        """Who is in a user group."""
        found = await self._bot.usergroups_users_list(usergroup=group)
        return frozenset(map(str, found["users"]))

    async def describe(self, channel: str) -> Json:
        """What Slack knows of a channel."""
        found = await self._once.conversations_info(channel=channel)
        self._note_scopes(found)
        about: Json = found["channel"]
        return about

    async def read(self, channel: str, oldest: str, cursor: str | None) -> AsyncSlackResponse:
        """A page of what was written in a channel since `oldest`, with what apps noted on it."""
        page = await self._once.conversations_history(
            channel=channel, oldest=oldest, cursor=cursor, limit=_PAGE, include_all_metadata=True
        )
        self._note_scopes(page)
        return page

    async def post(self, channel: str, message: Mapping[str, Any], metadata: Json) -> str:
        """Post a message once; its id."""
        posted = await self._once.chat_postMessage(
            channel=channel, metadata=metadata, **_content(message)
        )
        self._note_scopes(posted)
        if not isinstance(posted.get("ts"), str):
            raise TypeError("an answer without the id of a message")
        return str(posted["ts"])

    async def reply(self, channel: str, message: Mapping[str, Any], thread: str | None) -> None:
        """Post a message in a thread, for everybody to see; or in a conversation with the bot."""
        await self._bot.chat_postMessage(channel=channel, thread_ts=thread, **_content(message))

    async def whisper(
        self, channel: str, user: str, message: Mapping[str, Any], thread: str | None
    ) -> None:
        """Show a message to one person."""
        await self._bot.chat_postEphemeral(
            channel=channel, user=user, thread_ts=thread, **_content(message)
        )

    async def show(self, trigger: str, view: Json) -> str:
        """Open a modal for whoever pulled this trigger; its id."""
        opened = await self._bot.views_open(trigger_id=trigger, view=view)
        return str(opened["view"]["id"])

    async def update(self, id: str, view: Json, hash: str | None) -> None:
        """Put another view into an open modal, unless it has changed since the hash."""
        await self._bot.views_update(view_id=id, view=view, hash=hash)

    async def publish(self, user: str, view: Json, hash: str | None) -> str:
        """Show somebody their home tab, unless it has changed since the hash; its new hash."""
        shown = await self._bot.views_publish(user_id=user, view=view, hash=hash)
        return str(shown["view"].get("hash") or "")

    async def members_of(self, channel: str, cursor: str | None) -> AsyncSlackResponse:
        """A page of who is in a channel."""
        return await self._once.conversations_members(channel=channel, cursor=cursor, limit=1_000)

    async def respond(self, url: str, message: Mapping[str, Any]) -> int:
        """Send a message to a response URL; the status of the answer, 0 if there was none."""
        return await send_to_hook(url, message, self._session, self._settings.api_url)

    def _note_scopes(self, response: AsyncSlackResponse) -> None:
        """Keep the token's scopes, which every answer names: installing anew changes them."""
        if granted := str(response.headers.get("x-oauth-scopes", "")):
            self.scopes = frozenset(scope.strip() for scope in granted.split(","))


def _content(message: Mapping[str, Any]) -> Json:
    return {name: value for name, value in message.items() if name != "response_type"}
