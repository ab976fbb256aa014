"""What options take: channels, time zones, and times as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import click

from bot.domain.request import Channel
from bot.domain.zones import find_zone, zone_info

Moment = date | datetime | timedelta
"""A day, a time (aware or not), or a span."""

_SPAN: Final = re.compile(r"([0-9]{1,5})\s*(m|min|h|d|w)")
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS: Final = range(1971, 2200)


class ChannelType(click.ParamType[Channel]):
    """A channel written as slack:T1/C1."""

    name = "channel"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Channel:
        """The channel, or a sentence on how to write one."""
        try:
            found = value if isinstance(value, Channel) else Channel.parse(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return found


class ZoneType(click.ParamType[str]):
    """A time zone: its IANA name, or a city."""

    name = "zone"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """The zone's IANA name, or those that could be meant."""
        found = find_zone(str(value))
        if not isinstance(found, str):
            meant = f"did you mean {' or '.join(found)}?" if found else "write Europe/Lisbon or so"
            self.fail(f"{value!r} names no one time zone; {meant}", param, ctx)
        return found


class MomentType(click.ParamType[Moment]):
    """A day (2026-11-22), a time (2026-11-22T09:00, with Z or an offset or without), or a span."""

    name = "time"

    def __init__(self, *, spans: bool) -> None:
        self._spans = spans

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Moment:
        """The moment, or a sentence on how to write one."""
        text = str(value).strip()
        if self._spans and (span := _SPAN.fullmatch(text)):
            return int(span[1]) * _UNITS[span[2]]
        try:
            made = (
                date.fromisoformat(text) if _DAY.fullmatch(text) else datetime.fromisoformat(text)
            )
        except ValueError:
            spans = ", or a span as in 2h or 7d" if self._spans else ""
            said = f"{text!r} is no time; write 2026-11-22 or 2026-11-22T09:00{spans}"
            self.fail(said, param, ctx)
        if made.year not in _YEARS:
            self.fail(f"{text!r} is too far away; name a year from 1971 to 2199", param, ctx)
        return made


def instant(moment: date | datetime, zone: str = "UTC", *, end: bool = False) -> datetime:
    """The instant in UTC that is meant by somebody in this zone; of a day its start or `end`."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.max if end else time.min)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone_info(zone))).astimezone(UTC)
