"""What every test stands on: an empty environment, no way out of the machine, and profiles."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

SCRUBBED = ("BOT_", "SLACK_", "DISCORD_", "WEB_")


def is_scrubbed(name: str) -> bool:
    """Tell whether a variable would change what the bot or its HTTP clients do."""
    return name.upper().startswith(SCRUBBED) or name.upper().endswith("_PROXY")


# Once and for the whole process, so that session fixtures and child processes see it, too.
for _name in filter(is_scrubbed, list(os.environ)):
    del os.environ[_name]

settings.register_profile("fast", max_examples=25, deadline=None)
settings.register_profile(
    "ci",
    max_examples=100,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", max_examples=5000, deadline=None)
settings.load_profile("ci" if "CI" in os.environ else "fast")
