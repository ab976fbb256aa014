from __future__ import annotations

from typing import Any

import pytest

from tests.loopback import discord_limits as limits
from tests.loopback.discord_forms import modal_problems, submission
from tests.loopback.discord_payloads import CHANNEL, Payload, channel

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"


def text(**more: Any) -> Payload:
    return {"type": 4, "custom_id": "0", "style": 1, **more}


def menu(**more: Any) -> Payload:
    return {"type": 3, "custom_id": "0", "options": [{"label": "One", "value": "1"}], **more}


def modal(*components: Payload, **more: Any) -> Payload:
    rows = [{"type": 18, "label": "Label", "component": component} for component in components]
    return {"custom_id": "x", "title": "Title", "components": rows, **more}


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        (modal(text(), title="x" * 46), "title of 46 characters"),
        (modal(text(), flags=64), "a modal has no flags"),
        (modal(text(), custom_id=""), "custom_id of 0 characters"),
        (modal(*(text(custom_id=str(n)) for n in range(6))), "6 rows in a modal"),
        (modal(text(), text()), "a custom_id is used twice in a modal"),
        (modal(components=[text()]), "a row of a modal that is no label"),
        (modal(text(value="x" * 4001)), "value of 4001 characters"),
        (modal(text(options=[])), "a row with type 4 has no options"),
        (modal(menu(options=[])), "a menu without options"),
        (modal(menu(min_values=0)), "a required menu from which nothing may be picked"),
    ],
)
def test_a_modal_over_a_limit_is_told(form: Payload, problem: str) -> None:
    assert modal_problems(form) == [problem]


def test_a_modal_within_the_limits_is_as_the_api_description_has_it() -> None:
    form = modal(text(value="x" * 4000, placeholder="x" * 100), menu(custom_id="1"))

    assert modal_problems(form) == []
    assert limits.description_problems("POST", CALLBACK, {"type": 9, "data": form}) == []


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (modal(text()), {}),
        (modal(text()), {"Another": "x"}),
        (modal(text(max_length=2)), {"Label": "xxx"}),
        (modal(menu()), {"Label": "Two"}),
        (modal({"type": 8, "custom_id": "0", "channel_types": [5]}), {"Label": CHANNEL}),
    ],
)
def test_a_person_cannot_submit_what_discord_does_not_let_them(
    form: Payload, values: dict[str, str]
) -> None:
    with pytest.raises(LookupError):
        submission(form, values, {CHANNEL: channel(CHANNEL)})
