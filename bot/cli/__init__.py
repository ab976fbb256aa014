"""The command line. Each command imports what it needs when it runs, so that `--help` is quick."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import click

from bot import __version__
from bot.errors import BotError

#: Where each command lives; the function has the command's name.
_COMMANDS: Final = {
    "run": "bot.cli.run",
    "answer": "bot.cli.answer",
    "check": "bot.cli.check",
    "calibrate": "bot.cli.calibrate",
    "schema": "bot.cli.schema",
    "simulate": "bot.cli.simulate",
    "schedules": "bot.cli.schedules",
    "occurrences": "bot.cli.occurrences",
    "gaps": "bot.cli.gaps",
    "doctor": "bot.cli.doctor",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called or asked for help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The names of the commands, in the order in which a newcomer needs them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name."""
        module = _COMMANDS.get(cmd_name)
        command = getattr(import_module(module), cmd_name) if module else None
        return command if isinstance(command, click.Command) else None


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Without a command it runs the bot. Settings: environment variables, and .env.",
)
@click.version_option(__version__, prog_name="briefing-bot")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Briefing Bot: structured briefings on developing stories, in Slack, Discord and a browser."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(import_module(_COMMANDS["run"]).run)


def main() -> None:
    """Run the command line; a mistake ends in one clear sentence and exit code 2."""
    try:
        cli(prog_name="python -m bot")
    except BotError as error:
        click.echo(f"briefing-bot: {error}", err=True)
        sys.exit(2)
