"""`schema`: the JSON Schema of briefing files, for editors."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--write",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file.",
)
def schema(path: Path | None) -> None:
    """Print the JSON Schema of briefing files."""
    from bot.authoring.schema import schema_text

    if path:
        path.write_text(schema_text(), encoding="utf-8")
        click.echo(f"wrote {path}")
    else:
        click.echo(schema_text(), nl=False)
