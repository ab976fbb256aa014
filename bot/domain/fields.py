"""The kinds of value a briefing file holds, each with the sentence that refuses a wrong one."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

#: Every model of a file: unknown keys are errors, nothing is converted silently.
STRICT: Final = ConfigDict(extra="forbid", str_strip_whitespace=True)

ID_LIMIT: Final = 32
SLUG_LIMIT: Final = 40
SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
_OFFSET = r"(Z|[+-][0-9]{2}:[0-9]{2})"
_INSTANT = re.compile(rf"{_DAY.pattern}{_TIME}{_OFFSET}?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_HTTPS = r"https://[^\s<>|\"]+"
_AUDIENCE = r"^[a-z]+:[^/\s]+(/[^/\s]+)?$"


def refusal(what: str, remedy: str) -> PydanticCustomError:
    """An error that carries both what is wrong and what to do about it."""
    return PydanticCustomError("briefing", "{what} — {remedy}", {"what": what, "remedy": remedy})


def _no_control(text: str) -> str:
    if _CONTROL.search(text):
        raise refusal("the text has a control character", "remove it")
    return text


def _one_line(text: str) -> str:
    if "\n" in text:
        raise refusal("the text has more than one line", "write it as one line")
    return _no_control(text)


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise refusal("this is not a date", "write it as YYYY-MM-DD, as in 2026-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise refusal(f"there is no day {value}", "write a day that the calendar has") from None


def _moment(value: Any) -> date | datetime:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return _day(value)
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise refusal(
            "this is neither a date nor a date-time",
            "write 2026-01-31, or with a time and its UTC offset 2026-01-31T09:30+00:00",
        )
    try:
        at = datetime.fromisoformat(value)
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusal(
            f"there is no moment {value}", "write one that calendar and clock have"
        ) from None
    if at.tzinfo is None:
        raise refusal(
            "the date-time has no UTC offset",
            "add it, as in 2026-01-31T09:30+00:00, or give only the date",
        )
    return at


def _partial(value: Any) -> str:
    # A bare year is a number to YAML; every other form is text.
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    match = _PARTIAL.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise refusal("this is not a date", "write 2026, 2026-01 or 2026-01-31")
    try:
        date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        raise refusal(f"there is no day {text}", "write a day that the calendar has") from None
    return str(text)


def is_future(moment: date | datetime, now: datetime) -> bool:
    """Whether it is not yet that moment; a day has begun once any time zone has reached it."""
    if isinstance(moment, datetime):
        return moment > now
    return moment > (now.astimezone(UTC) + timedelta(hours=14)).date()


def _https(value: str) -> str:
    if not re.fullmatch(_HTTPS, value):
        raise refusal("this is not an https address", "write it from https:// on, without spaces")
    return value


def _text(most: int) -> Any:
    return StringConstraints(min_length=1, max_length=most)


Id = Annotated[
    str, StringConstraints(pattern=rf"^[a-z0-9](?:[a-z0-9-]{{0,{ID_LIMIT - 2}}}[a-z0-9])?$")
]
"""Small letters, digits and hyphens; it never changes, for buttons and records hang on it."""

GapId = Annotated[str, StringConstraints(pattern=r"^gap-[1-9][0-9]{0,14}$")]
"""A question that readers asked and no entry answered, as `python -m bot gaps` lists it."""

Name = Annotated[str, _text(75), AfterValidator(_one_line)]
Bottom = Annotated[str, _text(280), AfterValidator(_one_line)]
Sentence = Annotated[str, _text(200), AfterValidator(_one_line)]
Text = Annotated[str, _text(2600), AfterValidator(_no_control)]
"""Markdown: bold, italic, inline code, https links and lists; all else is shown as typed."""
ShortText = Annotated[str, _text(600), AfterValidator(_no_control)]
SourceRef = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*( § .{1,100})?$"), AfterValidator(_one_line)
]
"""A source's id, and optionally the place in it: `article § Legal considerations`."""
Audience = Annotated[str, StringConstraints(pattern=_AUDIENCE)]
"""A tenant or a channel: `slack:T1` or `slack:T1/C1`."""
YesNo = Annotated[bool, Strict()]
"""`true` or `false`, and no other word for them."""
Url = Annotated[
    str,
    StringConstraints(max_length=500),
    AfterValidator(_https),
    WithJsonSchema({"type": "string", "maxLength": 500, "pattern": rf"^{_HTTPS}$"}),
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    date | datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [{"format": "date"}, {"pattern": f"^{_DAY.pattern}{_TIME}{_OFFSET}$"}],
        },
    ),
]
PartialDate = Annotated[
    str,
    BeforeValidator(_partial),
    WithJsonSchema(
        {"type": ["string", "integer"], "pattern": r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"}
    ),
]


def source_id(ref: str) -> str:
    """The id in a `SourceRef`."""
    return ref.partition(" § ")[0]


def source_place(ref: str) -> str:
    """The place in a `SourceRef`, empty where none is given."""
    return ref.partition(" § ")[2]
