from __future__ import annotations

import json
import logging
import sys

import pytest
from hypothesis import given, strategies as st

from bot.app.logs import JsonFormatter, TextFormatter, without_secrets

SECRETS = [
    "xoxb-1234567890-abcdefABCDEF",
    "xapp-1-A123-456-abcdef0123",
    "xoxe.xoxb-1-abc-def",
    "MTAyMzQ1Njc4OTAxMjM0NTY3OA.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB",
]
#: Texts as SDKs and HTTP clients tell them, and what nobody may read in them.
LEAKS = [
    *((secret, secret) for secret in SECRETS),
    ("https://hooks.slack.com/commands/T1/2/s3cr3t", "s3cr3t"),
    ("https://discord.com/api/v10/webhooks/123/s3cr3t/messages/@original", "s3cr3t"),
    ("https://discord.com/api/v10/interactions/1/s3cr3t/callback", "s3cr3t"),
    ("wss://x/link?app=1&ticket=s3cr3t", "s3cr3t"),
    ("GET /?token=s3cr3t", "s3cr3t"),
    ("postgresql://bot:s3cr3t@db/x", "s3cr3t"),
    ("Authorization: Bearer s3cr3t", "s3cr3t"),
]


@pytest.mark.parametrize("secret", SECRETS)
def test_tokens_never_reach_a_log_line(secret: str) -> None:
    assert secret not in without_secrets(f"failed with token {secret}, sorry")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("POST https://hooks.slack.com/commands/T1/2/abc", "POST https://hooks.slack.com/[secret]"),
        ("/webhooks/123/abcDEF/messages", "/webhooks/[secret]"),
        ("/interactions/1/tok/callback", "/interactions/[secret]"),
        ("wss://x/link?ticket=abc&app=1", "wss://x/link?ticket=[secret]&app=1"),
        ("GET /?token=abcdef HTTP/1.1", "GET /?token=[secret] HTTP/1.1"),
        ("postgresql://bot:hunter2@db/x", "postgresql://[secret]@db/x"),
    ],
)
def test_addresses_that_are_as_good_as_a_token_are_cut(text: str, expected: str) -> None:
    assert without_secrets(text) == expected


def record(message: str, *args: object) -> logging.LogRecord:
    try:
        raise RuntimeError(SECRETS[0])
    except RuntimeError:
        return logging.LogRecord("bot", logging.ERROR, __file__, 1, message, args, sys.exc_info())


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()])
def test_tokens_in_arguments_and_tracebacks_are_cut(formatter: logging.Formatter) -> None:
    shown = formatter.format(record("token %s", SECRETS[1]))
    assert SECRETS[0] not in shown
    assert SECRETS[1] not in shown
    assert "RuntimeError" in shown


@given(st.text(), st.sampled_from(LEAKS), st.sampled_from(["", ", sorry", '"', "\\", "\n"]))
def test_a_json_line_is_one_line_of_json_without_secrets(
    before: str, leak: tuple[str, str], after: str
) -> None:
    text, secret = leak
    shown = JsonFormatter().format(record("%s %s%s", before, text, after))
    assert "\n" not in shown
    said = json.loads(shown)
    assert said["logger"] == "bot"
    assert "[secret]" in said["message"]
    assert secret not in shown
    assert SECRETS[0] not in shown


def test_ordinary_text_is_left_alone() -> None:
    text = "12 briefings loaded from briefings; land-strikes.yaml:3:1: unknown key"
    assert without_secrets(text) == text
