"""One schedule of a file: a JSON object, and the schedule it stands for or all that is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from bot.domain.cadence import Cadence
from bot.domain.request import Channel
from bot.domain.schedule import GRACE, Content, Quiet, Schedule, ScheduleState
from bot.domain.words import NotUnderstoodError
from bot.domain.zones import find_zone
from bot.library.finding import nearest, short

_Choice = TypeVar("_Choice", bound=StrEnum)

_KEYS: Final = tuple(
    "platform workspace channel cron cadence tz stories content quiet grace_s state reason".split()
)
_EXAMPLES: Final = {
    "platform": "slack",
    "workspace": "T0123ABCD",
    "channel": "C0123ABCD",
    "cron": "0 9 * * 1-5",
    "cadence": "at 09:00 on weekdays",
    "tz": "Europe/Lisbon",
    "reason": "archived",
}
_MOST_GRACE: Final = 7 * 24 * 60 * 60
_QUOTES: Final = re.compile(r"[\"'`“”‘’]")
_STATES: Final = (ScheduleState.ACTIVE, ScheduleState.PAUSED, ScheduleState.SUSPENDED)

Say = Callable[[str, str, str], None]
"""Takes a problem: the field, what is wrong with it, and the remedy."""


class Object(dict[str, Any]):
    """A JSON object that remembers which keys came twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [key for key, _ in pairs] if len(self) < len(pairs) else []
        self.twice = sorted({key for key in names if names.count(key) > 1})


def to_schedule(number: int, item: Object, platforms: tuple[str, ...], say: Say) -> Schedule | None:
    """The schedule that an item describes; every problem of it is told."""
    for key in item.twice:
        say(short(key), "the key comes twice", "leave one of them out")
    for key in item.keys() - set(_KEYS):
        near = nearest(key, _KEYS)
        remedy = f"did you mean `{near}`?" if near else f"there are: {', '.join(_KEYS)}"
        say(short(key), "there is no such key", remedy)
    channel, cadence, zone = _channel(item, platforms, say), _cadence(item, say), _zone(item, say)
    grace, stories = _grace(item, say), _stories(item, say)
    content = _choice(item, "content", tuple(Content), Content.CHANGES, say)
    quiet = _choice(item, "quiet", tuple(Quiet), Quiet.SILENT, say)
    state = _choice(item, "state", _STATES, ScheduleState.ACTIVE, say)
    reason = _text(item, "reason", say) if item.get("reason") is not None else ""
    if not (channel and cadence and zone):
        return None
    reason = "" if state is ScheduleState.ACTIVE else reason
    return Schedule(number, channel, stories, cadence, zone, content, quiet, grace, state, reason)


def _text(item: Object, key: str, say: Say) -> str:
    """The text of a key; empty, and told, if there is none."""
    value = item.get(key)
    if isinstance(value, str) and value.strip():
        return value.strip()
    if value is None or value == "":
        say(key, "it is missing", f'write "{key}": "{_EXAMPLES[key]}" or whatever it is')
    else:
        say(key, f"{_shown(value)} is no text", "write it in quotes")
    return ""


def _channel(item: Object, platforms: tuple[str, ...], say: Say) -> Channel | None:
    ids = {key: item[key] for key in ("workspace", "channel") if type(item.get(key)) is int}
    item.update({key: str(number) for key, number in ids.items()})  # Discord's ids are numbers
    parts = [_text(item, key, say) for key in ("platform", "workspace", "channel")]
    platform = parts[0]
    if platform and platform not in platforms:
        say("platform", f"there is no {_shown(platform)}", f"there are: {', '.join(platforms)}")
        return None
    if not all(parts):
        return None
    for key, part in zip(("workspace", "channel"), parts[1:], strict=True):
        if "/" in part or ":" in part or part.split() != [part]:
            say(key, f"{_shown(part)} is no id", "write the platform’s own id, as in C0123ABCD")
            return None
    return Channel(*parts)


def _cadence(item: Object, say: Say) -> Cadence | None:
    given = [key for key in ("cron", "cadence") if item.get(key) is not None]
    if len(given) != 1:
        what = "both are there" if given else "neither is there"
        remedy = 'write "cron": "0 9 * * 1-5", or "cadence": "at 09:00 on weekdays"'
        say("cron or cadence", what, remedy)
        return None
    key = given[0]
    text = _text(item, key, say)
    if not text:
        return None
    try:
        if key == "cadence":
            return Cadence.parse(text)
        return Cadence.parse(f'cron "{_QUOTES.sub(" ", text)}"')
    except NotUnderstoodError as error:
        wrong = error.refusal
        say(key, wrong.what, f"{wrong.remedy}, as in: {wrong.example}")
        return None


def _zone(item: Object, say: Say) -> str:
    text = _text(item, "tz", say)
    if not text:
        return ""
    found = find_zone(text)
    if isinstance(found, str):
        return found
    remedy = f"did you mean {' or '.join(found)}?" if found else "write one as in Europe/Lisbon"
    say("tz", f"{_shown(text)} names no one time zone", remedy)
    return ""


def _grace(item: Object, say: Say) -> timedelta:
    value = item.get("grace_s")
    if value is None:
        return GRACE
    number = type(value) in {int, float} and 0 <= value <= _MOST_GRACE and value == int(value)
    if not number:
        remedy = f"write how many seconds late it is still welcome, 0 to {_MOST_GRACE}"
        say("grace_s", f"{_shown(value)} is not in range", remedy)
        return GRACE
    return timedelta(seconds=int(value))


def _stories(item: Object, say: Say) -> tuple[str, ...]:
    """The slugs; none for all that the channel may see."""
    value = item.get("stories")
    if value in (None, "all", [], ["all"]):
        return ()
    slugs = (
        [each.strip() for each in value if isinstance(each, str)] if isinstance(value, list) else []
    )
    if not slugs or len(slugs) != len(value) or not all(slugs) or "all" in slugs:
        remedy = 'write a list of stories’ slugs, as in ["land-strikes"], or ["all"]'
        say("stories", f"{_shown(value)} is no such list", remedy)
        return ()
    return tuple(dict.fromkeys(slugs))


def _choice(
    item: Object, key: str, choices: tuple[_Choice, ...], usual: _Choice, say: Say
) -> _Choice:
    value = item.get(key)
    if value is None:
        return usual
    for choice in choices:
        if value == choice.value:
            return choice
    words = " or ".join(f'"{choice.value}"' for choice in choices)
    say(key, f"there is no {_shown(value)}", f"write {words}")
    return usual


def _shown(value: Any) -> str:
    return short(json.dumps(value, ensure_ascii=False))
