"""Problem: what is wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem stops its file from being served."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in words for the person who can mend it."""

    what: str
    remedy: str
    where: Position | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        mark = "warning: " if self.severity is Severity.WARNING else ""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{mark}{self.what} — {self.remedy}"
