"""What apps reach of the loopback Slack: its Web API, sockets, OAuth page and response URLs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.loopback import slack_payloads as payloads
from tests.loopback.slack_accounts import Accounts
from tests.loopback.slack_calls import Call, arguments
from tests.loopback.slack_faults import Fault, Faults, cut, muddled, refusal
from tests.loopback.slack_http import Caller
from tests.loopback.slack_payloads import Json
from tests.loopback.slack_scopes import SCOPES, lacking
from tests.loopback.slack_sockets import Sockets
from tests.loopback.slack_workspace import Workspace

BOT_TOKEN = "xoxb-loopback-bot-token"
APP_TOKEN = "xapp-loopback-app-token"


@dataclass(slots=True)
class Site:
    """What apps call; on leaving, it fails the test if it was sent what Slack refuses."""

    bot_token: str = BOT_TOKEN
    app_token: str = APP_TOKEN
    scopes: str = SCOPES
    calls: list[Call] = field(default_factory=list)
    workspace: Workspace = field(default_factory=Workspace)
    sockets: Sockets = field(default_factory=Sockets)
    accounts: Accounts = field(default_factory=Accounts)
    caller: Caller | None = None
    faults: Faults = field(default_factory=Faults)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link/", self._link)
        app.router.add_get("/oauth/v2/authorize", self.accounts.authorize)
        app.router.add_post("/commands/{hook}", self._response_url)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.sockets.cut()
        if self.caller is not None:
            await self.caller.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if error is None and self.problems:
            raise AssertionError("Slack was sent what it refuses:\n" + "\n".join(self.problems))

    @property
    def address(self) -> str:
        """Host and port where this Slack listens."""
        if self._runner is None:
            raise RuntimeError("use `async with SlackServer() as slack`")
        host, port, *_ = self._runner.addresses[0]
        return f"{host}:{port}"

    @property
    def api_url(self) -> str:
        """The address of its Web API."""
        return f"http://{self.address}/api/"

    @property
    def problems(self) -> list[str]:
        """Everything that was sent here and that Slack refuses."""
        return self.workspace.problems + self.sockets.problems + self.accounts.problems

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method (or `response_url`, `link`) go wrong, one fault each."""
        self.faults.once[method].extend(faults)

    def keep_failing(self, method: str, fault: Fault) -> None:
        """Let every call of a method go wrong from now on."""
        self.faults.lasting[method] = fault

    def called(self, method: str) -> list[Json]:
        """The arguments of every call of a method so far."""
        return [call.arguments for call in self.calls if call.method == method]

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until something holds; it is looked at whenever something happens here."""
        await self.sockets.until(condition, seconds)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        return refusal(self.faults.next("link")) or await self.sockets.open(request)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        call = Call(method, token, await arguments(request))
        return await self._call(request, call, self._method_answer)

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        call = Call("response_url", "", await request.json())
        hook = self.workspace.hooks.get(request.match_info["hook"])

        def answer(call: Call) -> web.Response:
            error = self.workspace.respond(hook, call.arguments)
            status = {None: 200, "invalid_blocks": 400}.get(error, 404)
            return web.Response(status=status, text=error or "ok")

        return await self._call(request, call, answer)

    async def _call(
        self, request: web.Request, call: Call, answer: Callable[[Call], web.Response]
    ) -> web.StreamResponse:
        self.calls.append(call)
        await self.sockets.happened()
        fault = self.faults.next(call.method)
        await asyncio.sleep(fault.delay)
        if fault.drop == "before":
            return cut(request)
        if refused := refusal(fault):
            return refused
        answered = answer(call)
        await asyncio.sleep(fault.hold)
        response = await muddled(fault, request, answered)
        await self.sockets.happened()
        return cut(request) if fault.drop == "after" else response

    def _method_answer(self, call: Call) -> web.Response:
        if call.method in self.accounts.methods:
            return web.json_response(self.accounts.answer(call.method, call.token, call.arguments))
        opening = call.method == "apps.connections.open"
        if team := self.accounts.tokens.get(call.token):
            return self.accounts.as_team(team, call.method) or self._result(call)
        if call.token != (self.app_token if opening else self.bot_token):
            error = "invalid_auth" if call.token else "not_authed"
            return web.json_response({"ok": False, "error": error})
        if opening:
            url = f"ws://{self.address}/link/?ticket={self.sockets.ticket()}&app_id={payloads.APP}"
            return web.json_response({"ok": True, "url": url})
        return self._result(call)

    def _result(self, call: Call) -> web.Response:
        lacks = lacking(call.method, self.scopes)
        result = lacks or self.workspace.answer(call.method, call.arguments)
        return web.json_response(result, headers={"X-OAuth-Scopes": self.scopes})
