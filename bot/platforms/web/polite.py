"""Polite: failures told in a sentence, whatever went wrong."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import web

from bot.errors import BotError
from bot.platforms.web.access import refuse
from bot.platforms.web.translate import BadRequestError

_LOG = logging.getLogger(__name__)


def starting() -> web.Response:
    """The answer before anything can be answered."""
    return refuse(
        HTTPStatus.SERVICE_UNAVAILABLE, "The bot is still starting. Try again in a moment."
    )


def polite(
    handler: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler, with every failure told in a sentence."""

    async def answered(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except BadRequestError as error:
            return refuse(HTTPStatus.BAD_REQUEST, str(error))
        except BotError as error:
            return refuse(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        except Exception:  # noqa: BLE001 (whatever went wrong, the page is told, and goes on)
            reference = secrets.token_hex(3)
            _LOG.exception("answering failed (%s)", reference)
            return refuse(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                f"The bot failed to answer. Its log says why, under {reference}.",
            )

    return answered
