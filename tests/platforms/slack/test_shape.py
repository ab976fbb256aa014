from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st

from bot.platforms.slack.shape import flaw_of
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import SlackServer
from tests.loopback.slack_payloads import Json
from tests.platforms.slack.calling import FORM, JSON, SLASH
from tests.platforms.slack.conftest import House, listening_over_http

SECRET = "words-of-somebody"
MEMO = json.dumps({"channel": "C1", "words": f"ask {SECRET}"})
BLOCK = {"type": "input", "block_id": "b1:f0:question", "element": {"type": "plain_text_input"}}
STATE = {"values": {"b1:f0:question": {"b1:field0": {"type": "plain_text_input", "value": SECRET}}}}
VIEW = {"type": "modal", "private_metadata": MEMO, "blocks": [BLOCK], "state": STATE}
CLICK = {"type": "button", "action_id": "b1:0", "block_id": "b", "value": SECRET}
PLACE = {"type": "message", "channel_id": "C1", "message_ts": "1.1", "thread_ts": "1.0"}
SUBMISSION = payloads.view_submission("b1:form", "U1", {})
URL = "https://hooks.slack.com/actions/x"
HOME = {"type": "app_home_opened", "user": "U1", "tab": "home", "view": {"private_metadata": MEMO}}
EVENTS = (
    payloads.app_mention(SECRET, "U1", "C1")["event"],
    {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "text": SECRET},
    HOME,
    {"type": "user_change", "user": {"id": "U1"}},
    {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": ["UBOT"]}},
    {"type": "team_access_revoked", "team_ids": ["T1"]},
    {"type": "app_uninstalled"},
    {"type": "reaction_added", "user": "U1", "item": {"channel": "C1"}},
)
INTERACTIONS = (
    payloads.block_actions(CLICK, "U1", PLACE, URL) | {"message": {"text": SECRET, "team": "T1"}},
    SUBMISSION | {"view": SUBMISSION["view"] | VIEW},
    payloads.view_actions(CLICK, "U1", SUBMISSION["view"] | VIEW),
    payloads.view_suggestion(
        BLOCK | {"element": {"action_id": "b1:stories0"}}, SECRET, "U1", SUBMISSION["view"] | VIEW
    ),
    payloads.block_suggestion("b1:more0", SECRET, "U1"),
    payloads.shortcut("ask", "U1"),
    payloads.shortcut("check", "U1")
    | {
        "type": "message_action",
        "channel": {"id": "C1"},
        "message": {"text": SECRET, "thread_ts": "1.1"},
        "response_url": URL,
    },
    {**SUBMISSION, "type": "view_closed"},
)
BODIES = [
    *((FORM, body) for body in (SLASH, *INTERACTIONS)),
    *((JSON, payloads.event_callback(event)) for event in EVENTS),
]
KINDS = sorted({body["type"] for _, body in BODIES if "type" in body})
names = st.sampled_from(["type", "event", "user", "id", "team", "actions", "view", "command"])
ODD: tuple[Any, ...] = (None, 7, "odd", [], [None], {}, {"odd": [SECRET]})


def raw(kind: str, body: Json) -> bytes:
    """The body as Slack sends it."""
    if kind == JSON:
        return json.dumps(body).encode()
    if "command" in body:
        return urlencode({name: value for name, value in body.items() if value != []}).encode()
    return urlencode({"payload": json.dumps(body)}).encode()


def paths(node: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body."""
    parts = node.items() if isinstance(node, dict) else enumerate(node)
    for name, value in parts:
        yield (*before, name)
        if isinstance(value, dict | list):
            yield from paths(value, (*before, name))


def spoiled(body: Json) -> Iterator[Json]:
    """The body with each of its parts missing, and with each being something else."""
    for *folders, last in paths(body):
        for value in ("missing", *ODD):
            changed = copy.deepcopy(body) | {"trigger_id": f"{payloads.number()}.x"}
            changed |= {"event_id": f"Ev{payloads.number()}"} if "event_id" in body else {}
            place: Any = changed
            for name in folders:
                place = place[name]
            if value == "missing":
                place.pop(last, None) if isinstance(place, dict) else place.pop(last)
            else:
                place[last] = value
            yield changed


@pytest.mark.parametrize(("kind", "body"), BODIES)
async def test_whatever_is_wrong_with_a_signed_request_is_said_in_one_line(
    house: House, caplog: pytest.LogCaptureFixture, kind: str, body: Json
) -> None:
    assert flaw_of(body) == ""
    async with SlackServer() as slack, listening_over_http(slack, house):
        assert slack.caller
        if "response_url" in body:
            body = body | {"response_url": f"http://{slack.address}/commands/gone"}
        for changed in spoiled(body):
            caplog.clear()
            sent = raw(kind, changed)
            status, _ = await slack.caller.send(sent, slack.caller.headers(sent, kind))
            await asyncio.sleep(0)
            refused = [record for record in caplog.records if "was refused" in record.message]
            assert (status, len(refused)) in {(200, 0), (400, 1)}, changed
            assert [record for record in caplog.records if record.exc_info] == [], changed
            assert SECRET not in caplog.text


anything = st.recursive(
    st.none() | st.integers() | st.text(max_size=3) | st.sampled_from(["message", "app_mention"]),
    lambda each: st.lists(each, max_size=2) | st.dictionaries(names, each, max_size=4),
    max_leaves=12,
)


@given(body=st.dictionaries(names, anything), kind=st.sampled_from([*KINDS, None]))
def test_any_body_has_a_shape_or_a_flaw(body: Json, kind: str | None) -> None:
    assert isinstance(flaw_of(body | {"type": kind}), str)


@pytest.mark.parametrize("kind", ["app_rate_limited", "interactive_message", "of_the_future"])
def test_of_what_the_bot_does_not_know_nothing_is_asked(kind: str) -> None:
    assert flaw_of({"type": kind}) == ""


def test_an_organisations_request_may_name_the_users_workspace_alone() -> None:
    body = payloads.shortcut("ask", "U1") | {"team": None}
    assert flaw_of(body) == ""
    assert "is of no workspace" in flaw_of(body | {"user": {"id": "U1"}})
