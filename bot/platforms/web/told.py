"""Told: what readers of all tenants told, for the maintainers at the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.domain.entry import Entry
from bot.domain.gap import Gap
from bot.domain.gap_report import Report


def told(
    feedback: Callable[[], Awaitable[Report]] | None,
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answers with the report, made anew each time."""

    async def answered(_: web.Request) -> web.Response:
        found = await feedback() if feedback else Report()
        return web.json_response(_to_data(found), headers={"Cache-Control": "no-store"})

    return answered


def _to_data(report: Report) -> dict[str, Any]:
    return {
        "open": [
            {
                **_gap(each.gap),
                "nearest": _entry(each.nearest.entry) if each.nearest else None,
                "sure": bool(each.nearest and each.nearest.sure),
            }
            for each in report.open
        ],
        "closed": [{**_gap(each.gap), "by": _entry(each.by)} for each in report.closed],
        "rated": [
            {
                "label": each.entry.label if each.entry else "",
                "story": each.votes.story,
                "words": each.entry.words if each.entry else None,
                "key": each.votes.entry,
                "yes": each.votes.yes,
                "no": each.votes.no,
            }
            for each in report.rated
        ],
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "id": gap.id,
        "text": gap.text,
        "story": gap.story,
        "tenant": gap.tenant,
        "count": gap.count,
        "first": gap.first_at.isoformat(),
        "last": gap.last_at.isoformat(),
    }


def _entry(entry: Entry) -> dict[str, str]:
    return {"label": entry.label, "words": entry.words, "story": entry.story}
