"""How long briefings take to load and to be live once saved, and how much memory they take.

python -m bench.load            for 1, 100 and 10,000 briefings of 40 entries
python -m bench.load 500        for 500
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.corpus import write_corpus
from bench.table import print_table
from bot.library import Library

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS: Final = (1, 100, 10_000)
ENTRIES: Final = 40
CHANGED: Final = 1000
HEAD: Final = (
    "briefings",
    "loaded in",
    "CPU each",
    "memory each",
    "one saved, live after",
    "1,000 saved, live after",
    "longest stall meanwhile",
)


def main(words: Sequence[str] = ()) -> None:
    """Print the table; each row is measured in a process of its own."""
    if words and words[0] == "--measure":
        print(json.dumps(asyncio.run(measure(Path(words[1])))))
        return
    title = f"Briefings of {ENTRIES} entries, from disk to memory"
    print_table(title, HEAD, [row(int(count)) for count in words or COUNTS])


def row(count: int) -> tuple[str, ...]:
    """One row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(Path(folder), count, ENTRIES)
        command = [sys.executable, "-m", "bench.load", "--measure", folder]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    found: dict[str, float] = json.loads(output)
    return (
        f"{count:,}",
        f"{found['load']:.2f} s",
        f"{found['cpu'] / count * 1000:.2f} ms",
        f"{found['memory'] / count:,.0f} kB",
        f"{found['live'] * 1000:.0f} ms",
        f"{found['all']:.1f} s",
        f"{found['stall'] * 1000:.0f} ms",
    )


async def measure(folder: Path) -> dict[str, float]:
    """Load a folder, then change one file of it, then many."""
    library = Library(folder, lambda: datetime.now(UTC))
    memory, began, cpu = resident(), time.perf_counter(), time.process_time()
    library.load()
    found = {
        "load": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "memory": resident() - memory,
    }
    paths = sorted(folder / f"{story.slug}.yaml" for story in library.stories)
    watching = asyncio.create_task(library.watch())
    await asyncio.sleep(1)
    found["live"] = await live_after(library, paths[:1])
    beating = asyncio.create_task(longest_stall())
    found["all"] = await live_after(library, paths[:CHANGED])
    beating.cancel()
    watching.cancel()
    return found | {"stall": await beating}


async def live_after(library: Library, paths: list[Path]) -> float:
    """Seconds from saving these files to all of them being served."""
    before = {path.stem: library.stories.get(path.stem) for path in paths}
    for path in paths:
        path.write_text(path.read_text() + "# saved again\n")
    began = time.perf_counter()
    changed = asyncio.Event()
    library.on_change(changed.set)
    while any(library.stories.get(slug) is story for slug, story in before.items()):
        changed.clear()
        await changed.wait()
    return time.perf_counter() - began


async def longest_stall() -> float:
    """Until cancelled: the longest time, in seconds, for which the loop served nobody."""
    longest = 0.0
    try:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - began - 0.001)
    except asyncio.CancelledError:
        return longest


def resident() -> float:
    """Memory of this process, in kB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4


if __name__ == "__main__":
    main(sys.argv[1:])
