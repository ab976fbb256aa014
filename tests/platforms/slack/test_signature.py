from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st
from multidict import CIMultiDict

from bot.platforms.slack.events import to_body
from bot.platforms.slack.signature import Signatures, sign
from tests.stories import NOW

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = b"command=%2Fbrief&text=payload"


def headers(
    at: float = NOW.timestamp(), body: bytes = BODY, secret: str = SECRET
) -> dict[str, str]:
    sent = str(int(at))
    return {
        "X-Slack-Request-Timestamp": sent,
        "X-Slack-Signature": sign(secret.encode(), sent, body),
    }


def test_the_signature_is_the_one_of_slacks_own_example() -> None:
    # The example of Slack's page on verifying requests.
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign(SECRET.encode(), "1531420618", body) == expected


@pytest.mark.parametrize("minutes", [-4.9, 0, 4.9])
def test_a_signed_request_of_these_minutes_is_genuine(minutes: float) -> None:
    sent = headers((NOW + timedelta(minutes=minutes)).timestamp())
    assert Signatures(SECRET).genuine(CIMultiDict(sent), BODY, NOW)


@pytest.mark.parametrize("minutes", [-5.1, 5.1, -600_000])
def test_an_old_one_or_one_of_the_future_is_not(minutes: float) -> None:
    sent = headers((NOW + timedelta(minutes=minutes)).timestamp())
    assert not Signatures(SECRET).genuine(sent, BODY, NOW)


def test_another_body_or_another_secret_is_not_genuine() -> None:
    signatures = Signatures(SECRET)
    assert not signatures.genuine(headers(), BODY + b" ", NOW)
    assert not signatures.genuine(headers(secret="other"), BODY, NOW)


anything = st.text() | st.sampled_from(["", "v0=", "v0=é", "\udcff", "١٢", "1e9", "-1", "9" * 5000])


@given(timestamp=anything, signature=anything, body=st.binary())
def test_no_header_makes_it_raise(timestamp: str, signature: str, body: bytes) -> None:
    sent = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    assert not Signatures(SECRET).genuine(sent, body, NOW)
    sent["X-Slack-Request-Timestamp"] = str(int(NOW.timestamp()))
    assert not Signatures(SECRET).genuine(sent, body, NOW)


def test_a_signature_is_new_once_for_as_long_as_it_is_good() -> None:
    signatures, ahead = Signatures(SECRET), headers((NOW + timedelta(minutes=4)).timestamp())
    assert signatures.is_new(ahead, NOW)
    assert not signatures.is_new(ahead, NOW + timedelta(minutes=8))
    assert signatures.is_new(headers(), NOW + timedelta(minutes=8))
    assert signatures.is_new(headers(1.0), NOW + timedelta(hours=1))
    assert len(signatures._seen) == 1


def test_neither_secret_nor_signature_is_shown() -> None:
    assert repr(Signatures(SECRET)) == "Signatures()"


@given(body=st.binary(), kind=st.sampled_from(["application/json", "text/plain"]))
def test_any_body_is_read_or_refused(body: bytes, kind: str) -> None:
    assert isinstance(to_body(kind, body), dict | None)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[]"),
        ("application/json", b"null"),
        ("application/json", b"{"),
        ("application/json", b"[" * 100_000),
        ("application/x-www-form-urlencoded", b"payload=%7B"),
        ("application/x-www-form-urlencoded", b"payload=[1]"),
        ("application/x-www-form-urlencoded", b"\xff\xfe"),
    ],
)
def test_a_body_that_says_nothing_of_slacks_is_refused(kind: str, body: bytes) -> None:
    assert to_body(kind, body) is None


def test_the_word_payload_in_a_form_is_a_word() -> None:
    body = b"command=%2Fbrief&text=ask+what+is+the+payload+limit&empty="
    asked = {"command": "/brief", "text": "ask what is the payload limit", "empty": ""}
    assert to_body("application/x-www-form-urlencoded", body) == asked
