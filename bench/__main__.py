"""`python -m bench [NAME…]`: run the benchmarks, or those named."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

OTHER = {"__init__", "__main__", "corpus", "driver", "slack_http", "table"}


def main(words: list[str]) -> int:
    """Run each benchmark in turn; each prints its own table."""
    known = sorted(
        path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in OTHER
    )
    unknown = [word for word in words if word not in known]
    if unknown:
        print(f"No benchmark {unknown[0]!r}; there are: {', '.join(known)}")
        return 2
    for name in words or known:
        import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
