"""Typed: what one types on a platform to ask some words. The only place that knows the difference.

Everywhere words follow `/brief`. Discord has commands with options instead, and `/digest` of its
own; what is written here can be typed, or pasted, into its line as it is.
"""

from __future__ import annotations

import re
from typing import Final

from bot.domain.verbs import ASK, DIGEST, SEARCH, verb_named

_DISCORD: Final = "discord"
#: A wish for digests as we write it: stories, then times and the rest, then perhaps a zone.
_WISH: Final = re.compile(r"(?P<stories>\S.*?) (?P<when>(?:at|cron) .*?)(?: in (?P<zone>\S+))?")


def typed(words: str, platform: str) -> str:
    """What to type for these words."""
    if platform != _DISCORD:
        return f"/brief {words}".rstrip()
    first, _, rest = words.partition(" ")
    if first == DIGEST.name:
        return _digest(*rest.partition(" ")[::2])
    verb = verb_named(first)
    if verb is None:
        return f"/brief story story:{words}" if words else "/brief story"
    option = {ASK: "question", SEARCH: "words"}.get(verb, "story")
    return f"/brief {verb.name} {option}:{rest}" if rest else f"/brief {verb.name}"


def _digest(verb: str, rest: str) -> str:
    command = f"/digest {verb or 'list'}"
    if not rest:
        return command
    if verb == "add":
        return f"{command} {_options(rest)}"
    number, _, more = rest.partition(" ")
    # What is to be changed is filled into the form that opens.
    filled_in = f", and in its form: {more}" if more else ""
    return f"{command} id:{number}{filled_in}"


def _options(wish: str) -> str:
    match = _WISH.fullmatch(wish)
    if not match:
        return f"stories:{wish}"
    zone = f" zone:{match['zone']}" if match["zone"] else ""
    return f"stories:{match['stories']} when:{match['when']}{zone}"
