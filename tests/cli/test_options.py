from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest
from hypothesis import given, strategies as st

from bot.cli.options import ChannelType, MomentType, ZoneType, instant
from bot.domain.request import Channel

WITH, WITHOUT = MomentType(spans=True), MomentType(spans=False)


def convert(kind: Any, text: str) -> Any:
    return kind.convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2026-11-22", datetime(2026, 11, 22, tzinfo=UTC)),
        ("2026-11-22T09:00", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("2026-11-22 09:00", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("2026-11-22T09:00Z", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("2026-11-22T09:00+01:00", datetime(2026, 11, 22, 8, tzinfo=UTC)),
    ],
)
def test_a_day_and_a_time_are_instants_in_utc(text: str, start: datetime) -> None:
    assert instant(convert(WITHOUT, text)) == start


def test_a_day_of_a_zone_ends_with_that_zones_day() -> None:
    day = convert(WITHOUT, "2026-11-22")
    assert instant(day, "Asia/Tokyo") == datetime(2026, 11, 21, 15, tzinfo=UTC)
    end = instant(day, "Asia/Tokyo", end=True)
    assert datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC) < end
    assert end < datetime(2026, 11, 22, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("7d", timedelta(days=7)),
        ("2 w", timedelta(weeks=2)),
    ],
)
def test_a_span_is_taken_where_it_means_something(text: str, span: timedelta) -> None:
    assert convert(WITH, text) == span
    with pytest.raises(click.BadParameter, match="is no time; write 2026-11-22 or"):
        convert(WITHOUT, text)


@pytest.mark.parametrize("text", ["", "yesterday", "22.11.2026", "2026-13-01", "7", "-1d", "7y"])
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(click.BadParameter, match="or a span as in 2h or 7d"):
        convert(WITH, text)


@given(st.text(max_size=12) | st.datetimes().map(str) | st.dates().map(str))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    try:
        made = convert(WITH, text)
    except click.BadParameter:
        return
    if not isinstance(made, timedelta):
        assert instant(made, "Asia/Tokyo") <= instant(made, "Asia/Tokyo", end=True)


def test_a_year_that_no_schedule_lives_to_see_is_refused() -> None:
    for text in ("0001-01-01", "9999-12-31"):
        with pytest.raises(click.BadParameter, match="too far away; name a year from"):
            convert(WITH, text)


def test_a_zone_may_be_a_city_and_a_mistyped_one_gets_the_nearest() -> None:
    assert convert(ZoneType(), "tokyo") == "Asia/Tokyo"
    with pytest.raises(click.BadParameter, match="did you mean Europe/Lisbon"):
        convert(ZoneType(), "Lisbn")
    with pytest.raises(click.BadParameter, match="or so"):
        convert(ZoneType(), "UTC+2")


def test_a_channel_is_written_with_platform_and_workspace() -> None:
    assert convert(ChannelType(), "slack:T1/C1") == Channel("slack", "T1", "C1")
    with pytest.raises(click.BadParameter, match="as in slack:T1/C1"):
        convert(ChannelType(), "C1")
