"""What people filled in where it was refused, for the form that they open next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.domain.reply import FieldKind, Form

#: Values of fields, by a field's place in its form or by its kind.
Values = Mapping[int | FieldKind, str]
#: Who filled it in, and where.
Writer = tuple[str, str]

_MOST: Final = 256


class Refill:
    """Keeps what was refused until it is accepted; of very much, the oldest goes."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Writer, str], Values] = {}

    def keep(self, writer: Writer, words: str, values: Values) -> None:
        """Keep what was filled into the form that asks these words."""
        self.drop(writer, words)
        if len(self._kept) >= _MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[writer, words] = values

    def drop(self, writer: Writer, words: str) -> None:
        """Forget what was filled into that form."""
        self._kept.pop((writer, words), None)

    def into(self, form: Form, writer: Writer) -> Form:
        """Return a form with what was filled in before, where that was refused."""
        kept = self._kept.get((writer, form.words))
        if not kept:
            return form
        values = [
            kept.get(place, kept.get(field.kind, field.value))
            for place, field in enumerate(form.fields)
        ]
        fields = [
            replace(field, value=value) for field, value in zip(form.fields, values, strict=True)
        ]
        return replace(form, fields=tuple(fields))
