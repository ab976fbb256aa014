"""Briefing files on disk: which there are, and what is in one of them."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

from bot.domain.fields import SLUG, SLUG_LIMIT
from bot.domain.problem import Position, Problem
from bot.domain.verbs import verb_words
from bot.library.check import Reading, check
from bot.library.finding import slug_like

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

SIZE_LIMIT: Final = 256 * 1024
_SUFFIX: Final = ".yaml"
#: Words that the parser takes for something else than a story.
_RESERVED: Final = frozenset({*verb_words(), "share", "digest", "use", "page"})
_AS_UTF8: Final = "save it as UTF-8"
_BOM: Final = b"\xef\xbb\xbf"
_OPEN: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe must not make us wait


class Stamp(NamedTuple):
    """What tells one state of a file from another without reading it, links followed."""

    modified_ns: int
    changed_ns: int
    size: int
    inode: int
    device: int


class _RefusedError(Exception):
    """The file cannot be read as text; why, and what to do."""

    def __init__(self, what: str, remedy: str, line: int = 1, column: int = 1) -> None:
        super().__init__(what)
        self.what, self.remedy, self.line, self.column = what, remedy, line, column


def scan(folder: Path) -> dict[str, Stamp]:
    """The names of the briefing files in a folder, in order, each with its stamp.

    Raises:
        OSError: the folder is not there, or cannot be read.
    """
    with os.scandir(folder) as entries:
        found = {entry.name: _stamp(entry) for entry in entries if _is_briefing(entry.name)}
    return dict(sorted(found.items()))


def _is_briefing(name: str) -> bool:
    # Editors and mounted configuration keep hidden files of their own beside ours.
    return not name.startswith(".") and name.lower().endswith((".yaml", ".yml"))


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    try:
        status = entry.stat()
    except OSError:  # a link that leads nowhere: reading it will say so
        return Stamp(0, 0, 0, entry.inode(), 0)
    return Stamp(
        status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev
    )


def read_file(path: Path, root: Path, now: datetime, before: Reading | None = None) -> Reading:
    """Read a briefing file that must lie in `root`; gives `before` if that still holds."""
    file = printable(path)
    named = tuple(_name_problems(path, file))
    try:
        content = _content(path, root)
        revision = blake2b(content, digest_size=6).hexdigest()
        if before and before.revision == revision and before.holds(now):
            return before
        reading = check(_decoded(content), path.stem, file, revision, now)
    except _RefusedError as refused:
        problem = Problem(
            refused.what, refused.remedy, Position(file, refused.line, refused.column)
        )
        return Reading(None, (*named, problem))
    if named:
        return replace(reading, story=None, problems=(*named, *reading.problems))
    return reading


def printable(path: Path) -> str:
    """A path as messages show it, whatever its bytes are."""
    return "".join(char if char.isprintable() else "?" for char in str(path))


def _name_problems(path: Path, file: str) -> Iterator[Problem]:
    slug = path.stem
    if path.suffix != _SUFFIX:
        remedy = f"rename it to {printable(path.with_suffix(_SUFFIX))}"
        yield Problem(f"a briefing file ends in {_SUFFIX}", remedy, Position(file))
    if slug in _RESERVED:
        what = f"`{slug}` is a command, so no story can be called so"
        yield Problem(what, "give the file another name", Position(file))
    elif not SLUG.fullmatch(slug):
        better = slug_like(slug, SLUG_LIMIT)
        yield Problem(
            f"a file's name has small letters, digits and hyphens only, {SLUG_LIMIT} at most",
            f"rename it to {better}{_SUFFIX}" if better else "rename it",
            Position(file),
        )


def _content(path: Path, root: Path) -> bytes:
    try:
        if path.is_symlink():
            _follow(path, root)
        handle = os.open(path, _OPEN)
    except OSError as error:
        raise _unreadable(error) from None
    try:
        _check_kind(os.fstat(handle).st_mode)
        with os.fdopen(handle, "rb", closefd=False) as file:
            content = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise _unreadable(error) from None
    finally:
        os.close(handle)
    if len(content) > SIZE_LIMIT:
        what = f"the file has more than {SIZE_LIMIT // 1024} kB"
        raise _RefusedError(what, "shorten it, or make two stories of it")
    return content


def _check_kind(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise _RefusedError("this is a folder", "a briefing is one file: put the file here instead")
    if not stat.S_ISREG(mode):
        raise _RefusedError("this is not a file that can be read", "put a text file here")


def _follow(path: Path, root: Path) -> None:
    """Let a link lead elsewhere in the folder, as mounted configuration does, and nowhere else."""
    target = os.path.realpath(path)
    inside = os.path.realpath(root)
    if os.path.commonpath((target, inside)) != inside:
        raise _RefusedError("this link leads out of the folder", "put the file itself there")


def _unreadable(error: OSError) -> _RefusedError:
    if isinstance(error, FileNotFoundError):
        return _RefusedError("there is no file of this name", "make it, or remove what leads to it")
    if isinstance(error, PermissionError):
        return _RefusedError("the file may not be read", "let the user that runs the bot read it")
    return _RefusedError(f"the file cannot be read: {error.strerror}", "look at the disk")


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _RefusedError("the file is in UTF-16", _AS_UTF8)
    text = content.removeprefix(_BOM)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        before = text[: error.start].decode().split("\n")
        number = len(content) - len(text) + error.start + 1
        raise _RefusedError(
            f"byte {number:,} of the file, {text[error.start]:#04x}, is not UTF-8",
            _AS_UTF8,
            line=len(before),
            column=len(before[-1]) + 1,
        ) from None
