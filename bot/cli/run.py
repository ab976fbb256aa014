"""`run`: run the bot on every configured platform."""

from __future__ import annotations

import asyncio

import click


@click.command()
@click.option("--open", "open_page", is_flag=True, help="Open the playground in a browser.")
def run(*, open_page: bool = False) -> None:
    """Run the bot (the default command).

    Platforms with tokens in the settings are connected; with none, the playground is opened.
    """
    from bot.app.logs import configure_logging
    from bot.app.platforms import read_settings
    from bot.app.run import run as run_bot
    from bot.cli.loading import load_library
    from bot.settings import Settings

    settings = read_settings(Settings)
    configure_logging(settings)
    asyncio.run(run_bot(settings, load_library(settings), open_page=open_page))
