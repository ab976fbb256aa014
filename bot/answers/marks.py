"""Marks: what tells one answer's buttons from another's, so that a click counts once."""

from __future__ import annotations

import secrets
from typing import Final

_BYTES: Final = 6
_KEPT: Final = 2048


class Marks:
    """Makes marks by chance, and keeps the questions that are too long for a button.

    Of very many, the oldest goes; so do all when the bot stops. A button then has its own words,
    which are the beginning of the question.
    """

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def new(self) -> str:
        """A mark that no other answer has."""
        return f"~{secrets.token_urlsafe(_BYTES)}"

    def keep(self, mark: str, question: str) -> None:
        """Keep the whole question of the answer with this mark."""
        if len(self._kept) >= _KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[mark] = question

    def question(self, mark: str) -> str | None:
        """The whole question of the answer with this mark, if it is kept."""
        return self._kept.get(mark)
