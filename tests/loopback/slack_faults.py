"""How calls of the loopback Slack go wrong."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

Drop = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Fault:
    """How one call goes wrong; `drop` cuts the connection before or after the call took effect.

    With a `body` of some `kind`, the call takes effect and that is the answer; `cut_short`, only a
    part of the true one. `delay` comes before the call takes effect, `hold` after.
    """

    error: str | None = None
    status: int = 200
    retry_after: int = 1
    delay: float = 0.0
    drop: Drop | None = None
    garbled: bool = False
    body: str | None = None
    kind: str = "application/json"
    cut_short: bool = False
    hold: float = 0.0


@dataclass(slots=True)
class Faults:
    """What will go wrong, by method."""

    once: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    lasting: dict[str, Fault] = field(default_factory=dict)

    def next(self, method: str) -> Fault:
        """What goes wrong with this call; a plain `Fault()` if nothing does."""
        if self.once[method]:
            return self.once[method].popleft()
        return self.lasting.get(method, Fault())


def refusal(fault: Fault) -> web.Response | None:
    """The answer of a call that is refused."""
    if fault.status == 429:
        body, headers = (
            {"ok": False, "error": "ratelimited"},
            {"Retry-After": f"{fault.retry_after}"},
        )
        return web.json_response(body, status=429, headers=headers)
    if fault.status != 200:
        return web.Response(status=fault.status, text="<html>Oops</html>", content_type="text/html")
    if fault.garbled:
        return web.Response(text="{", content_type="application/json")
    if fault.error is not None:
        return web.json_response({"ok": False, "error": fault.error})
    return None


async def muddled(fault: Fault, request: web.Request, answer: web.Response) -> web.StreamResponse:
    """The answer to a call that took effect, as the caller gets it."""
    if fault.body is not None:
        return web.Response(text=fault.body, content_type=fault.kind)
    if not fault.cut_short:
        return answer
    whole = answer.body if isinstance(answer.body, bytes) else b"{}"
    part = web.StreamResponse(headers={"Content-Type": "application/json"})
    part.content_length = len(whole)
    await part.prepare(request)
    await part.write(whole[: len(whole) // 2])
    return cut(request)


def cut(request: web.Request) -> web.Response:
    """Reset the connection, as a network does."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
