"""Instants in the database: whole milliseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, overload

_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@overload
def to_ms(at: datetime) -> int: ...
@overload
def to_ms(at: None) -> None: ...
def to_ms(at: datetime | None) -> int | None:
    """An aware instant as the database keeps it."""
    return None if at is None else (at - _START) // _MILLISECOND


@overload
def to_at(ms: int) -> datetime: ...
@overload
def to_at(ms: None) -> None: ...
def to_at(ms: int | None) -> datetime | None:
    """What the database keeps, as an aware instant."""
    return None if ms is None else _START + ms * _MILLISECOND


def span_ms(span: timedelta) -> int:
    """A span in whole milliseconds."""
    return span // _MILLISECOND
