"""What readers told, as lines for people, as Markdown, and as an object for scripts."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from bot.cli.text import clean
from bot.domain.reply import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bot.domain.entry import Entry
    from bot.domain.gap import Gap
    from bot.domain.gap_report import ClosedGap, OpenGap, Rated, Report

_MARKUP: Final = re.compile(r"[\\`*_{}\[\]()<>#+\-.!|~@&:/]")
_NOTHING: Final = "Readers have told of no question that nothing answers."


def to_object(report: Report) -> dict[str, Any]:
    """The report for scripts."""
    return {
        "open": [_open(each) for each in report.open],
        "closed": [{**_gap(each.gap), "closed_by": _place(each.by)} for each in report.closed],
        "helpful": [
            {
                "story": each.votes.story,
                "entry": each.votes.entry,
                "question": each.entry.title if each.entry else None,
                "yes": each.votes.yes,
                "no": each.votes.no,
            }
            for each in report.rated
        ],
    }


def to_lines(report: Report) -> Iterator[str]:
    """The report for a terminal."""
    yield _heading("Open", report.open) if report.open else _NOTHING
    for each in report.open:
        yield f"  {each.gap.id}  {clean(each.gap.text)}"
        yield f"      {_about(each.gap)}{_nearest(each)}"
    if report.closed:
        yield _heading("Closed", report.closed)
    for shut in report.closed:
        yield f"  {shut.gap.id}  {clean(shut.gap.text)}"
        yield f"      {_about(shut.gap)}; closed by {_named(shut.by)}"
    if report.rated:
        yield "Was this helpful?"
    for rated in report.rated:
        yield f"  {_votes(rated)}  {_rated(rated)}"


def to_markdown(report: Report) -> Iterator[str]:
    """The report as Markdown; what readers wrote stands in it as text."""
    yield "# What readers asked in vain\n"
    if not report.open:
        yield f"{_NOTHING}\n"
    for each in report.open:
        yield f"- **{each.gap.id}** {_escaped(each.gap.text)}"
        yield f"  ({_escaped(_about(each.gap) + _nearest(each))})"
    if report.closed:
        yield "\n## Closed\n"
    for shut in report.closed:
        closed = f"{_about(shut.gap)}; closed by {_named(shut.by)}"
        yield f"- **{shut.gap.id}** {_escaped(shut.gap.text)}\n  ({_escaped(closed)})"
    if report.rated:
        yield "\n## Was this helpful?\n\n| entry | yes | no |\n| --- | --: | --: |"
    for rated in report.rated:
        yield f"| {_escaped(_rated(rated))} | {rated.votes.yes} | {rated.votes.no} |"


def _open(each: OpenGap) -> dict[str, Any]:
    nearest = each.nearest
    return {
        **_gap(each.gap),
        "nearest": _place(nearest.entry) if nearest else None,
        "may_answer": bool(nearest and nearest.sure),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "id": gap.id,
        "text": gap.text,
        "story": gap.story or None,
        "workspace": gap.tenant,
        "count": gap.count,
        "first_asked": _iso(gap.first_at),
        "last_asked": _iso(gap.last_at),
    }


def _place(entry: Entry) -> dict[str, str]:
    return {"story": entry.story, "entry": entry.key}


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _heading(word: str, listed: Iterable[OpenGap] | Iterable[ClosedGap]) -> str:
    return f"{word}: {counted(len(list(listed)), 'question', 'questions')}"


def _about(gap: Gap) -> str:
    first, last = f"{gap.first_at:%Y-%m-%d}", f"{gap.last_at:%Y-%m-%d}"
    days = f"on {first}" if first == last else f"from {first} to {last}"
    return f"asked {counted(gap.count, 'time', 'times')} {days} in {gap.tenant}" + (
        f", of {gap.story}" if gap.story else ""
    )


def _nearest(each: OpenGap) -> str:
    if each.nearest is None:
        return ""
    lead = "perhaps answered by now by" if each.nearest.sure else "nearest"
    return f"; {lead} {_named(each.nearest.entry)}"


def _named(entry: Entry) -> str:
    return f"{entry.story} {entry.key}"


def _votes(rated: Rated) -> str:
    return f"{rated.votes.no:>4} no {rated.votes.yes:>4} yes"


def _rated(rated: Rated) -> str:
    name = f"{rated.votes.story} {rated.votes.entry}"
    return f"{name}: {clean(rated.entry.label)}" if rated.entry else f"{name} (gone)"


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", clean(text))
