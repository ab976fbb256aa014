"""The library: the briefings of a folder as they are now, and the last good version of each."""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.domain.stories import Stories
from bot.errors import ConfigurationError
from bot.library.files import read_file, scan
from bot.library.missing import Missing
from bot.library.overview import overview, trouble
from bot.library.watch import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from bot.domain.briefing import Story
    from bot.domain.problem import Problem
    from bot.library.check import Reading
    from bot.library.files import Stamp

_LOG = logging.getLogger(__name__)

#: Between two files, so that whoever asks meanwhile is answered.
_PAUSE: Final = 0.001
#: How long files must stay the same to be read, and how often to look for that at most.
_REST: Final = 0.06
_LOOKS: Final = 8
#: From so many files on, it is worth looking after the memory.
_MANY: Final = 100


@dataclass(frozen=True, slots=True)
class _File:
    """A file as last read, and the story to serve for it: if it is bad, the last good one."""

    stamp: Stamp
    reading: Reading
    story: Story | None

    def is_current(self, stamp: Stamp, now: datetime) -> bool:
        """Whether reading it again would give the same."""
        return self.stamp == stamp and self.reading.holds(now)


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """All that is known at one moment; never changed, only replaced as a whole."""

    stories: Stories = field(default_factory=Stories)
    files: Mapping[str, _File] = field(default_factory=dict)
    trouble: Problem | None = None
    revision: int = 0


class Library:
    """The briefings in a folder. `load` reads them, `watch` keeps them as they are on disk.

    A file that went bad keeps its last good version; a request sees either all of a change or none.
    """

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self._folder, self._clock = folder, clock
        self._now, self._missing = _Snapshot(), Missing()
        self._problems: tuple[int, Mapping[str, tuple[Problem, ...]]] = (-1, {})
        self._calls: list[Callable[[], None]] = []
        self._reloading = asyncio.Lock()

    @property
    def stories(self) -> Stories:
        """All stories that can be served now."""
        return self._now.stories

    @property
    def revision(self) -> int:
        """A number that grows whenever the stories or the problems change."""
        return self._now.revision

    @property
    def problems(self) -> Mapping[str, tuple[Problem, ...]]:
        """What is wrong, by file and in the files' order; files without problems are left out."""
        now = self._now
        if self._problems[0] != now.revision:
            by_name = {name: file.reading.problems for name, file in now.files.items()}
            found = overview(self._folder, now.trouble, by_name, now.stories)
            self._problems = (now.revision, found)
        return self._problems[1]

    @property
    def kept(self) -> frozenset[str]:
        """Slugs of the stories served in their last good version, because their file is bad."""
        files = self._now.files.values()
        return frozenset(
            file.story.slug for file in files if file.story and file.reading.story is None
        )

    def on_change(self, call: Callable[[], None]) -> None:
        """Call this after every change; what it raises is logged, and disturbs nothing."""
        self._calls.append(call)

    def load(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Read all files, telling `progress` how many of how many are read.

        Raises:
            ConfigurationError: the folder is not there, or cannot be read.
        """
        try:
            seen = scan(self._folder)
        except OSError as error:
            problem = trouble(self._folder, error)
            remedy = "make it, or set BOT_BRIEFINGS to the folder that holds your briefing files"
            raise ConfigurationError(f"{problem.what} — {remedy}") from None
        files: dict[str, _File] = {}
        now = self._clock()
        with _for_good(len(seen)):
            for done, (name, stamp) in enumerate(seen.items(), 1):
                files[name] = self._read(name, stamp, None, now)
                if progress:
                    progress(done, len(seen))
            self._publish(files, Stories(_served(files), unreadable=_unreadable(files)))

    async def reload(self) -> None:
        """Read what has changed on disk since the last time, and swap all of it in at once."""
        async with self._reloading:
            now, before = self._clock(), self._now
            try:
                seen = await self._settled(now)
            except OSError as error:  # the stories stay: a folder may be away for a moment only
                self._publish(before.files, before.stories, trouble(self._folder, error))
                return
            files = await self._read_changed(seen, now)
            missing = self._missing.noted(before.files, files, now)
            stories = await asyncio.to_thread(_restocked, before, files, missing)
            self._publish(files, stories)

    async def watch(self) -> None:
        """Reload whenever the folder changes, until cancelled."""
        async with aclosing(changes(self._folder)) as hints:
            async for _ in hints:
                await self.reload()

    async def _settled(self, now: datetime) -> Mapping[str, Stamp]:
        """The files in the folder once they rest: git deletes a file before it writes it anew.

        If they never do, a file is taken to be there that was at one of the last two looks.
        """
        seen, before = await asyncio.to_thread(scan, self._folder), None
        for _ in range(_LOOKS):
            same = len(self._current(seen, now)) == len(seen) == len(self._now.files)
            if same or seen == before:
                return seen
            await asyncio.sleep(_REST)
            seen, before = await asyncio.to_thread(scan, self._folder), seen
        return {**(before or {}), **seen}

    def _current(self, seen: Mapping[str, Stamp], now: datetime) -> dict[str, _File]:
        """The known files that are still as they were."""
        known = self._now.files
        return {
            name: known[name]
            for name, stamp in seen.items()
            if name in known and known[name].is_current(stamp, now)
        }

    async def _read_changed(self, seen: Mapping[str, Stamp], now: datetime) -> dict[str, _File]:
        """The files as they are now; those that changed are read, with a pause after each."""
        known, files = self._now.files, self._current(seen, now)
        changed = [name for name in seen if name not in files]
        with _for_good(len(changed)):
            for name in changed:
                before = known.get(name)
                files[name] = await asyncio.to_thread(self._read, name, seen[name], before, now)
                await asyncio.sleep(_PAUSE)
        return files

    def _read(self, name: str, stamp: Stamp, before: _File | None, now: datetime) -> _File:
        last = before.reading if before else None
        reading = read_file(self._folder / name, self._folder, now, last)
        kept = before.story if before else None
        if kept and reading.story and reading.revision == kept.revision:
            return _File(stamp, reading, kept)
        return _File(stamp, reading, reading.story or kept)

    def _publish(
        self, files: Mapping[str, _File], stories: Stories, trouble: Problem | None = None
    ) -> None:
        before = self._now
        same = stories is before.stories and trouble == before.trouble
        if same and _readings(files) == _readings(before.files) and before.revision:
            self._now = _Snapshot(stories, files, trouble, before.revision)
            return
        self._now = _Snapshot(stories, files, trouble, before.revision + 1)
        for call in self._calls:
            try:
                call()
            except Exception:  # noqa: BLE001 (what one listener does is of no concern to the files)
                _LOG.exception("somebody could not be told that the briefings changed")


def _readings(files: Mapping[str, _File]) -> dict[str, tuple[Problem, ...]]:
    return {name: file.reading.problems for name, file in files.items() if file.reading.problems}


def _served(files: Mapping[str, _File]) -> Iterator[Story]:
    return (file.story for file in files.values() if file.story)


def _unreadable(files: Mapping[str, _File]) -> Iterator[str]:
    """Slugs of the files that hold no story, and of which none is known from before."""
    return (name.rpartition(".")[0] for name, file in files.items() if not file.story)


def _restocked(before: _Snapshot, files: Mapping[str, _File], missing: frozenset[str]) -> Stories:
    """The stories of these files; the same object as before if they are the same stories."""
    known = {story.slug: story for story in before.stories}
    now = {story.slug: story for story in _served(files)}
    put = [story for slug, story in now.items() if known.get(slug) is not story]
    drop = known.keys() - now.keys()
    unreadable = missing.union(_unreadable(files))
    if not put and not drop and unreadable == before.stories.unreadable:
        return before.stories
    # One by one is slower from about a tenth on, but never holds others up; all at once does.
    if 2 * (len(put) + len(drop)) < len(now):
        return before.stories.replaced(put, drop, unreadable)
    return Stories(now.values(), unreadable=unreadable)


@contextmanager
def _for_good(count: int) -> Iterator[None]:
    """Collect no garbage while many stories are read, and never again look at them for some.

    They are here to stay and hold no cycles, and going through them all takes a second.
    """
    many, enabled = count >= _MANY, gc.isenabled()
    if many:
        gc.disable()
    try:
        yield
    finally:
        if many:
            gc.freeze()
        if enabled:
            gc.enable()
