"""What is allowed in a file, but probably not meant: warnings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from bot.domain.names import fold
from bot.domain.problem import Severity
from bot.domain.verbs import verb_named
from bot.library.finding import Finding, name_of, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from bot.library.shape import Leaf

#: A text with none of these needs no closer look.
_SIGNS: Final = ("](", "#", "|", "```", "~~~")
# Every repetition that a text could make the pattern begin again and again is bounded.
_LINK: Final = re.compile(
    r"(?<!!)\[[^\[\]\n]{0,300}\]\(\s{0,9}(?!https://)(?P<address>[^)\s]{0,500})"
)
_AS_TYPED: Final = (
    ("an image", re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}\)")),
    ("a heading", re.compile(r"^ {0,3}#{1,6}[ \t].*", re.MULTILINE)),
    ("a fenced block", re.compile(r"^ {0,3}(?:```|~~~).*", re.MULTILINE)),
    ("a table", re.compile(r"^ {0,3}\|.*\|[ \t]*$", re.MULTILINE)),
)


def advice(data: Any, texts: Sequence[Leaf], today: date) -> Iterator[Finding]:
    """Warnings about what a file holds; `texts` are those that are shown with their markup."""
    for leaf in texts:
        if any(sign in leaf.text for sign in _SIGNS):
            yield from _markup(leaf)
    if isinstance(data, dict):
        yield from _overdue(data.get("review_by"), today)
        yield from _hidden_names(data.get("aliases"))


def _markup(leaf: Leaf) -> Iterator[Finding]:
    for link in _LINK.finditer(leaf.text):
        what = f"the link to `{short(link['address'])}` in {name_of(leaf.loc)} is shown as typed"
        yield _warning(leaf, what, "only https links become links: write its https address")
    for name, pattern in _AS_TYPED:
        found = pattern.search(leaf.text)
        if found:
            what = f"{name} in {name_of(leaf.loc)} is shown as typed: `{short(found.group())}`"
            yield _warning(leaf, what, "use bold, italic, inline code, https links and lists only")


def _warning(leaf: Leaf, what: str, remedy: str) -> Finding:
    return Finding(leaf.loc, what, remedy, severity=Severity.WARNING)


def _overdue(review_by: Any, today: date) -> Iterator[Finding]:
    if isinstance(review_by, str) and review_by < today.isoformat():
        yield Finding(
            ("review_by",),
            f"this was to be reviewed by {short(review_by)}, and answers say so",
            "review it, then set `as_of` and `review_by` anew",
            severity=Severity.WARNING,
        )


def _hidden_names(aliases: Any) -> Iterator[Finding]:
    """Aliases that the parser takes for something else."""
    for number, alias in enumerate(aliases if isinstance(aliases, list) else ()):
        if isinstance(alias, str) and (verb_named(alias.strip()) or not fold(alias)):
            yield Finding(
                ("aliases", number),
                f"nobody can ask for a story as `{short(alias)}`: that is a command or no word",
                "write another alias, or remove it",
                severity=Severity.WARNING,
            )
