"""Which platforms run: each folder of `bot.platforms` is loaded by its name, and only if chosen.

A folder exports `Settings` (with `configured` and `check()`), `preview` (None if it shows others),
and `create(settings, house)`.
"""

from __future__ import annotations

import errno
import logging
import os
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

import bot.platforms
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.platform import House, Platform, Preview

_LOG = logging.getLogger(__name__)

#: What runs where no account is set.
PLAYGROUND = "web"


def known_platforms() -> tuple[str, ...]:
    """The names of all platforms there are."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(bot.platforms.__path__)))


def chosen_platforms(named: Sequence[str]) -> tuple[str, ...]:
    """The platforms named, else those with an account, else the playground.

    Raises:
        ConfigurationError: a name is not a platform's.
    """
    known = known_platforms()
    for name in named:
        if name not in known:
            choices = ", ".join(known)
            raise ConfigurationError(f"BOT_PLATFORMS names {name!r}, which is none of: {choices}")
    if named:
        return tuple(dict.fromkeys(named))
    return tuple(name for name in known if _is_configured(name)) or (PLAYGROUND,)


def _is_configured(name: str) -> bool:
    """Whether a platform is meant to run; one with unusable settings is not, and says why."""
    try:
        return bool(settings_of(name).configured)
    except ConfigurationError as error:
        _LOG.warning("%s stays off: %s", name, error)
        return False


def settings_of(name: str) -> Any:
    """The platform's settings, read from the environment.

    Raises:
        ConfigurationError: one of them is not what it should be.
    """
    return read_settings(import_module(f"bot.platforms.{name}").Settings)


def read_settings(kind: Any) -> Any:
    """Settings of one kind; a wrong one is named together with what is wrong with it.

    Raises:
        ConfigurationError: the same, in one sentence. It never repeats the value, which may be a
        secret.
    """
    file = Path(kind.model_config["env_file"])
    try:
        if file.is_dir():  # as a container makes of a file to mount that is not there
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return kind()
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        wrong = "; ".join(
            f"{prefix}{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}"
            for each in error.errors(include_url=False, include_input=False)
        )
        raise ConfigurationError(f"a setting is not usable — {wrong}") from None
    except UnicodeDecodeError:
        remedy = "save it as UTF-8"
        raise ConfigurationError(f"{file} is not UTF-8 text — {remedy}") from None
    except OSError as error:
        remedy = "make it a file that the bot may read, or remove it"
        raise ConfigurationError(f"{file} cannot be read: {error.strerror} — {remedy}") from None


def previews() -> dict[str, Preview]:
    """How each chat platform shows a reply."""
    found = {name: import_module(f"bot.platforms.{name}").preview for name in known_platforms()}
    return {name: preview for name, preview in found.items() if preview}


def create_platform(name: str, house: House) -> Platform:
    """One platform, ready to listen; its SDK is imported here.

    Raises:
        ConfigurationError: its settings do not allow it to run.
    """
    platform: Platform = import_module(f"bot.platforms.{name}").create(settings_of(name), house)
    return platform
