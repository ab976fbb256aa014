"""Seal: encrypts what may not be readable in the database, with the keys of BOT_SECRET_KEY."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from bot.errors import ConfigurationError

SETTING: Final = "BOT_SECRET_KEY"

_SHORTEST: Final = 32
_HOW: Final = (
    "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))', put it into "
    ".env, and keep a copy apart from the database."
)


class Seal:
    """Seals texts with the newest key, and opens what any of the keys has sealed."""

    def __init__(self, keys: str) -> None:
        # Slow to import, and needed only where many workspaces are served.
        from cryptography.fernet import Fernet, InvalidToken, MultiFernet

        fernets = [Fernet(_derived(key)) for key in _split(keys)]
        self._fernet, self._newest = MultiFernet(fernets), fernets[0]
        self._invalid = InvalidToken

    def __repr__(self) -> str:
        return "Seal()"

    def seal(self, owner: str, text: str) -> str:
        """The text, encrypted, so that it can be opened for this owner only."""
        return self._fernet.encrypt(f"{owner}\n{text}".encode()).decode()

    def is_new(self, sealed: str) -> bool:
        """Whether the newest key has sealed this."""
        try:
            self._newest.decrypt(sealed)
        except self._invalid:
            return False
        return True

    def open(self, owner: str, sealed: str) -> str:
        """What was sealed for this owner.

        Raises:
            ConfigurationError: none of the keys opens it, or it was sealed for somebody else.
        """
        try:
            found, _, text = self._fernet.decrypt(sealed).decode().partition("\n")
        except self._invalid:
            raise ConfigurationError(
                f"{SETTING} does not open what was saved for {owner}. Put the key back with which "
                "it was saved (several keys, separated by commas, the newest first), or install "
                "the app there again."
            ) from None
        if found != owner:
            raise ConfigurationError(
                f"What is saved for {owner} was sealed for another tenant: somebody changed the "
                "database. Install the app there again."
            )
        return text


def _split(keys: str) -> list[str]:
    """The keys of a setting, newest first.

    Raises:
        ConfigurationError: there is none, or one is too short to be a secret.
    """
    found = [key for key in re.split(r"[\s,]+", keys) if key]
    if not found:
        raise ConfigurationError(f"{SETTING} is not set; no token is saved without. {_HOW}")
    if any(len(key) < _SHORTEST for key in found):
        raise ConfigurationError(f"{SETTING} is shorter than {_SHORTEST} characters. {_HOW}")
    return found


def _derived(key: str) -> bytes:
    """A key of the form that the cipher takes, of whatever random text people made."""
    # No password: it is long and random, so that one round of a hash is enough.
    return base64.urlsafe_b64encode(hashlib.sha256(f"briefing-bot:{key}".encode()).digest())
