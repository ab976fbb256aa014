"""Moving: what the page asks of the house's clock, where it may ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from bot.domain.platform import MovableClock
from bot.platforms.web.access import refuse
from bot.platforms.web.feed import clock_data
from bot.platforms.web.translate import BadRequestError

_SPANS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_NOT_ALONE: Final = (
    "The clock can be moved only where the playground is all that runs: elsewhere, digests would "
    "be posted early. Start it with BOT_PLATFORMS=web."
)
_NO_RUN: Final = "No digest is scheduled here, so there is no next run."


async def move(clock: MovableClock | None, data: Mapping[str, Any]) -> web.Response:
    """Move the clock by an hour, a day, to the next run, or back; what time it is then.

    Raises:
        BadRequestError: the page asked for none of these.
    """
    to = data.get("to")
    if clock is None:
        return refuse(HTTPStatus.CONFLICT, _NOT_ALONE)
    # Going back is always allowed: whoever moved it must be able to end that.
    if to == "back":
        await clock.go_back()
    elif reason := await clock.refusal():
        return refuse(HTTPStatus.CONFLICT, reason)
    elif to == "next":
        if not await clock.pass_to_next_run():
            return refuse(HTTPStatus.CONFLICT, _NO_RUN)
    elif isinstance(to, str) and to in _SPANS:
        await clock.pass_time(_SPANS[to])
    else:
        raise BadRequestError("Send to: hour, day, next or back.")
    return web.json_response(clock_data(clock), headers={"Cache-Control": "no-store"})
