"""Options for a menu that asks for them while somebody types: zones and stories."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.domain.platform import Complete
from bot.domain.reply import FieldKind, Option
from bot.domain.verbs import STORY
from bot.domain.zones import complete_zone
from bot.platforms.slack.controls import OPTIONS, to_option
from bot.platforms.slack.modal import Memo
from bot.platforms.slack.people import Person
from bot.platforms.slack.to_request import from_view

Json = dict[str, Any]

_LOG = logging.getLogger(__name__)

_FIELD: Final = re.compile(r"b1:(?P<kind>[a-z]+)\d{1,4}")
_ALL: Final = Option("All stories", "all")
#: Of what somebody types, so much is looked for.
_LONGEST: Final = 200


class Suggestions:
    """Answers Slack's requests for options."""

    def __init__(self, complete: Complete) -> None:
        self._complete = complete

    def __call__(self, body: Json) -> list[Json]:
        """The options for what somebody has typed into a menu; none if the menu is not ours."""
        found = _FIELD.fullmatch(str(body.get("action_id")))
        typed = " ".join(str(body.get("value") or "").split())[:_LONGEST]
        try:
            offered = self._offered(found["kind"] if found else "", typed, body)
            shown = [option for option in map(to_option, offered) if option]
        except Exception:  # noqa: BLE001 (a menu without options is better than an error)
            _LOG.exception("suggesting failed")
            return []
        return list({option["value"]: option for option in shown}.values())[:OPTIONS]

    def _offered(self, kind: str, typed: str, body: Json) -> Iterator[Option]:
        if kind == FieldKind.ZONE:
            yield from (Option(zone, zone) for zone in complete_zone(typed, OPTIONS))
        elif kind == FieldKind.STORIES:
            yield from self._stories(typed, body)

    def _stories(self, typed: str, body: Mapping[str, Any]) -> Iterator[Option]:
        memo = Memo.read(body.get("view") or {})
        if memo is None:
            return
        if _ALL.label.casefold().startswith(typed.casefold()):
            yield _ALL
        asked = from_view(body, f"{STORY.name} {typed}", memo.channel, Person())
        for option in self._complete(asked):
            yield Option(option.label, option.hint, option.hint)
