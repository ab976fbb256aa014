"""Workspace: one tenant with a token, listeners and an app of its own; it shares nothing.

What is remembered of people, modals and repeated deliveries hangs on a workspace's own listeners,
so that none of it can reach another workspace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.domain.platform import Answer, Complete
from bot.platforms.slack.api import Api, Identity, quiet_logger
from bot.platforms.slack.installation import Installation, to_tenant
from bot.platforms.slack.listeners import Listeners
from bot.platforms.slack.timing import Timing


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from, or goes to.

    `org_wide` if a whole organisation has installed the app there; None where that is not known.
    """

    team: str | None
    enterprise: str | None = None
    org_wide: bool | None = None

    @property
    def tenant(self) -> str:
        """Whose installation is to be used."""
        return to_tenant(self.enterprise if self.org_wide else self.team)

    def suits(self, found: Installation) -> bool:
        """Whether an installation is the one that is meant: a workspace may have both kinds."""
        return self.org_wide is None or self.org_wide is found.org_wide


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace while the bot listens."""

    api: Api
    me: Identity
    listeners: Listeners
    app: AsyncApp


def make_workspace(
    api: Api,
    me: Identity,
    token: str,
    answer: Answer,
    complete: Complete,
    moderators: Sequence[str],
    timing: Timing,
) -> Workspace:
    """The workspace in which the bot is `me`."""
    listeners = Listeners(api, answer, complete, me, moderators, timing)
    app = make_app(api, me, token)
    listeners.register(app)
    return Workspace(api, me, listeners, app)


def make_app(api: Api, identity: Identity, token: str) -> AsyncApp:
    """The app of the SDK. It is told who it is, or it would ask Slack during a command."""
    me = AuthorizeResult(
        enterprise_id=identity.enterprise,
        team_id=identity.team,
        bot_user_id=identity.user,
        bot_id=identity.bot,
        bot_token=token,
    )

    async def authorize() -> AuthorizeResult:
        return me

    return AsyncApp(
        name="briefing-bot",
        logger=quiet_logger(),
        client=api.client(),
        authorize=authorize,
        request_verification_enabled=False,  # ours is done before, and a socket needs none
        process_before_response=True,  # otherwise the SDK looks for an ack every 10 ms
    )
