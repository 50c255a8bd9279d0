"""The command line, called as a person in a working folder does."""

from pathlib import Path

from click.testing import CliRunner, Result

from digest.cli import cli


def invoke(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(folder), *arguments])
