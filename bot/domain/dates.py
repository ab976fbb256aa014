"""Dates in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.domain.reply import Inline, Span, When

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_text(day: date) -> str:
    """A day as `22 November 2026`: in words, so that no reader takes month for day."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def partial_text(text: str) -> str:
    """`2026`, `2026-01` or `2026-01-31` in words."""
    year, *rest = text.split("-")
    if not rest:
        return year
    month = MONTHS[int(rest[0]) - 1]
    return f"{int(rest[1])} {month} {year}" if len(rest) > 1 else f"{month} {year}"


def moment_inline(moment: date | datetime) -> Inline:
    """A day as text; an instant so that each reader sees it in their own zone."""
    if isinstance(moment, datetime):
        at = moment.astimezone(UTC)
        return When(at, f"{day_text(at)}, {at:%H:%M} UTC")
    return Span(day_text(moment))


def age_text(moment: date | datetime, today: date) -> str:
    """How long ago that was, in whole days."""
    days = (today - to_day(moment)).days
    if days <= 0:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"


def to_day(moment: date | datetime) -> date:
    """The day of a moment, in UTC."""
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment
