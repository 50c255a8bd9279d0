"""Lines of an edition's file, each with its place."""

from digest.edition import parts_of_lines
from tests.conftest import EDITION


def test_every_line_of_an_edition_has_its_place() -> None:
    found = parts_of_lines(EDITION)
    lines = EDITION.splitlines()
    assert found[lines.index("# Headline of the second lead") + 1] == "lead1"
    at = next(
        n for n, line in enumerate(lines, 1) if line.startswith("- [Another")
    )
    assert found[at].startswith("p-following-")
    assert found[1] == "head"
