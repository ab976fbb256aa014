"""What a YAML syntax error means to the person who wrote the line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from yaml import MarkedYAMLError, YAMLError

from bot.domain.problem import Position, Problem

if TYPE_CHECKING:
    from yaml.error import Mark

#: What libyaml refuses to read.
_UNREADABLE: Final = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_LINE_BREAK: Final = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BEFORE_VALUE: Final = re.compile(r"\s*(?:-\s+)*(?:[\w-]+\s*:\s+)?")
_SIGNS: Final = frozenset("@`*&!%|>")
_SPECIAL: Final = _SIGNS | frozenset("[{'\"")


#: What the parser says of a line that should be a key.
_NO_COLON: Final = "could not find expected ':'"


class _Meaning(NamedTuple):
    what: str
    remedy: str
    #: Whether the place to show is where it began, not where it was noticed.
    began: bool = False


_TAB: Final = _Meaning("the line is indented with a tab", "use spaces")
_ASTRAY: Final = _Meaning(
    "this line does not go with the lines above it",
    "indent it like them, and put text with special characters in quotes",
)
_IN_QUOTES: Final = _Meaning(
    "inside double quotes a backslash has a meaning of its own",
    "write two backslashes, or use single quotes",
)
_NOT_CLOSED: Final = _Meaning(
    "the bracket or brace that opens here is not closed in its place",
    "close it, or put text that begins with one in quotes",
    began=True,
)
#: By libyaml's own words.
_CONFLICT: Final = ("<<<<<<<", "=======", ">>>>>>>")
_LEFT_BY_GIT: Final = _Meaning(
    "this line was left by git, where two versions differ", "keep one of the two versions"
)
_MEANINGS: Final[dict[str, _Meaning]] = {
    "found unexpected end of stream": _Meaning(
        "the quotes that open here are never closed", "close them, or leave both out", began=True
    ),
    "found unexpected document indicator": _Meaning(
        "the quotes that open here are not closed before the line with ---",
        "close them, and remove that line",
        began=True,
    ),
    _NO_COLON: _Meaning(
        "this line is neither a key with a colon nor part of the text above",
        "write it as `key: value`, or indent it further than the key above",
        began=True,
    ),
    "block sequence entries are not allowed in this context": _Meaning(
        "a list cannot begin here",
        "begin it on the next line; put text that begins with a hyphen in quotes",
    ),
    "mapping keys are not allowed in this context": _Meaning(
        "a text cannot begin with a question mark and a space", "put it in quotes"
    ),
    "found unknown escape character": _IN_QUOTES,
    "did not find expected hexdecimal number": _IN_QUOTES,
    "found invalid Unicode character escape code": _IN_QUOTES,
    "did not find expected ',' or ']'": _NOT_CLOSED,
    "did not find expected ',' or '}'": _NOT_CLOSED,
    "did not find expected node content": _Meaning(
        "a value is missing here", "write it, or put the whole text in quotes"
    ),
    "did not find expected <document start>": _Meaning(
        "text follows after the end of the document", "remove the line with ..."
    ),
    "found incompatible YAML document": _Meaning(
        "this is not a version of YAML that can be read", "remove the line with %YAML"
    ),
}


def explain(error: YAMLError | UnicodeEncodeError, text: str, file: str) -> Problem:
    """The problem behind an error of the YAML parser."""
    if not isinstance(error, MarkedYAMLError):
        return _unreadable(text, file)
    said = error.problem or ""
    known = _MEANINGS.get(said)
    mark = error.context_mark if known and known.began else error.problem_mark
    line, column = _place(mark or error.context_mark)
    shown = _line(text, line)
    value = _value_start(shown)
    special = _special_at(error, shown, column, value)
    if "tab" in said or shown[column : column + 1] == "\t":
        meaning = _TAB
    elif said == "mapping values are not allowed in this context":
        before = _line_before(text, line)
        if before is None:
            meaning = _colon(shown[value:])
        else:
            line, meaning = before, _MEANINGS[_NO_COLON]
            column = _indent(_line(text, line))
    elif known is None and special is not None:
        meaning, column = _special(shown[special]), special
    else:
        meaning = known or _ASTRAY
    if _line(text, line).startswith(_CONFLICT):
        meaning, column = _LEFT_BY_GIT, 0
    return Problem(meaning.what, meaning.remedy, Position(file, line + 1, column + 1))


def _place(mark: Mark | None) -> tuple[int, int]:
    return (mark.line, mark.column) if mark is not None else (0, 0)


def _line(text: str, number: int) -> str:
    lines = _LINE_BREAK.split(text)
    return lines[number] if number < len(lines) else ""


def _value_start(line: str) -> int:
    match = _BEFORE_VALUE.match(line)
    return match.end() if match else 0


def _special_at(error: MarkedYAMLError, line: str, column: int, value: int) -> int | None:
    """Where in the line a text begins with a character that none may begin with."""
    began, noticed = error.context_mark, error.problem_mark
    if began is not None and noticed is not None and began.line == noticed.line:
        places = [began.column, column]
    else:
        places = [column]
    for place in places:
        if line[place : place + 1] in _SIGNS:
            return place
    return value if value <= column and line[value : value + 1] in _SPECIAL else None


def _line_before(text: str, line: int) -> int | None:
    """The key above this line that has no colon, if that is why YAML cannot read this one."""
    lines = _LINE_BREAK.split(text)
    number = line - 1
    while number >= 0 and not lines[number].strip():
        number -= 1
    if number < 0 or line >= len(lines):
        return None
    above, here = lines[number], lines[line]
    aligned = _indent(above) == _indent(here)
    has_colon = re.search(r":( |$)", above.rstrip()) or above.lstrip().startswith("#")
    return None if has_colon or not aligned else number


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _colon(value: str) -> _Meaning:
    if re.search(r":(\s|$)", value):
        return _Meaning("there is a colon with a space after it inside a text", "put it in quotes")
    return _Meaning(
        "this line is indented further than the one above it", "align it with the keys beside it"
    )


def _special(char: str) -> _Meaning:
    if char in "'\"":
        return _Meaning(
            "text goes on after the closing quotes",
            "put the whole text in quotes of the other kind, or write it below after `>-`",
        )
    name = "a backtick" if char == "`" else f"`{char}`"
    return _Meaning(f"a text cannot begin with {name}", "put it in quotes")


def _unreadable(text: str, file: str) -> Problem:
    found = _UNREADABLE.search(text)
    before = _LINE_BREAK.split(text[: found.start()] if found else "")
    name = f"U+{ord(found.group()):04X}" if found else "unknown"
    return Problem(
        f"a character that cannot be seen stands here ({name})",
        "remove it",
        Position(file, len(before), len(before[-1]) + 1),
    )
