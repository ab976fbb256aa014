"""Two processes, a platform, a clock that jumps, moderators: in any order, with crashes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.postgres import Postgres
from tests.store.two_processes import TwoProcesses

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def explore(address: str, examples: int, steps: int) -> None:
    machine = type("Machine", (TwoProcesses,), {"address": address})
    found = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=QUIET
    )
    run_state_machine_as_test(machine, settings=found)


def test_any_order_of_events_on_sqlite() -> None:
    explore("", 8, 40)


def test_any_order_of_events_on_postgresql(server: Postgres) -> None:
    with server.database() as address:
        explore(address, 5, 40)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_any_order_of_very_many_events(server: Postgres) -> None:
    explore("", 400, 80)
    with server.database() as address:
        explore(address, 100, 80)
