"""The text of a briefing file to a story, or to all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.domain.briefing import Briefing, BriefingFile, Story
from bot.domain.problem import Position, Problem, Severity
from bot.library import refusals
from bot.library.advice import advice
from bot.library.finding import Finding
from bot.library.rules import broken_rules
from bot.library.shape import Role, leaves
from bot.library.yaml import PROBLEM_LIMIT, Tree, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bot.library.yaml import Loc

_BRIEFING: Final[TypeAdapter[Briefing]] = TypeAdapter(BriefingFile)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: a story, if it can be served, and what is wrong with it.

    `revision` is a hash of the content. From the day `until` on, reading the same content again may
    give something else.
    """

    story: Story | None
    problems: tuple[Problem, ...] = ()
    revision: str = ""
    until: date | None = None

    def holds(self, now: datetime) -> bool:
        """Whether reading the same content would give the same now."""
        return self.until is None or now.astimezone(UTC).date() < self.until


def check(text: str, slug: str, file: str, revision: str, now: datetime) -> Reading:
    """Read the text of a file. Positions cost time, so they are looked for only if needed."""
    tree = read(text)
    briefing, found = _judge(tree, now)
    today = now.astimezone(UTC).date()
    if not found and not tree.problems:
        story = Story(slug, briefing, revision) if briefing else None
        return Reading(story, () if story else _nothing(file), revision, _review(briefing, today))
    tree = read(text, file, positions=True)
    briefing, found = _judge(tree, now)
    problems = _placed(tree, found, file)
    if briefing is None or any(problem.severity is Severity.ERROR for problem in problems):
        passing = any(finding.passing for finding in found)
        return Reading(None, problems, revision, today if passing else None)
    return Reading(Story(slug, briefing, revision), problems, revision, _review(briefing, today))


def _judge(tree: Tree, now: datetime) -> tuple[Briefing | None, list[Finding]]:
    """The briefing that the data makes, if it makes one, and everything wrong with the data."""
    if not tree.whole or tree.value is None:
        return None, []
    briefing, found = _modelled(tree.value)
    texts = leaves(tree.value)
    found += broken_rules(tree.value, texts, now, lambda loc: _line(tree, loc))
    found += advice(tree.value, texts[Role.MARKDOWN], now.astimezone(UTC).date())
    return briefing, found


def _modelled(data: Any) -> tuple[Briefing | None, list[Finding]]:
    try:
        return _BRIEFING.validate_python(data), []
    except ValidationError as error:
        return None, list(refusals.findings(error))


def _line(tree: Tree, loc: Loc) -> int:
    place = tree.place(loc)
    return place.line if place else 0


def _review(briefing: Briefing | None, today: date) -> date | None:
    """The day on which the review begins to be overdue, if that lies ahead."""
    day = briefing.review_by if briefing else None
    return day + timedelta(days=1) if day and today <= day < date.max else None


def _nothing(file: str) -> tuple[Problem, ...]:
    what = "there is nothing in this file"
    return (Problem(what, "write a briefing, or delete the file", Position(file)),)


def _placed(tree: Tree, found: Iterable[Finding], file: str) -> tuple[Problem, ...]:
    """The problems of a file in the order of its lines, as many as one can read."""
    problems = tree.problems + [
        Problem(
            finding.what,
            finding.remedy,
            tree.place(finding.loc, key=finding.at_key) or Position(file),
            finding.severity,
        )
        for finding in _worth_telling(tree, found)
    ]
    problems.sort(key=_order)
    more = len(problems) - PROBLEM_LIMIT
    if more > 0:
        what = f"there are {more:,} more problems in this file"
        problems[PROBLEM_LIMIT:] = [Problem(what, "mend these first", problems[-1].where)]
    return tuple(problems)


def _worth_telling(tree: Tree, found: Iterable[Finding]) -> Iterator[Finding]:
    """One error a place, and none where another problem already stands."""
    told: set[Loc] = set()
    for finding in found:
        loc = finding.loc
        if any(loc[:length] in tree.broken for length in range(len(loc) + 1)):
            continue
        if finding.severity is Severity.ERROR:
            if loc in told:
                continue
            told.add(loc)
        yield finding


def _order(problem: Problem) -> tuple[int, int]:
    return (problem.where.line, problem.where.column) if problem.where else (0, 0)
