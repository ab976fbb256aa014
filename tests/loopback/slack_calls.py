"""Calls that the loopback Slack got."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from tests.loopback.slack_payloads import Json


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a Web API method, or of `response_url`."""

    method: str
    token: str
    arguments: Json


async def arguments(request: web.Request) -> Json:
    """What a method was called with: JSON, a form or a query."""
    if request.content_type == "application/json":
        return dict(await request.json())
    return dict(request.query) | dict(await request.post())
