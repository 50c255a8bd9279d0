"""Template versions: note the templates of today among those that were ever shipped.

    python -m tests.project.template_versions

`digest templates tidy` knows by it that a copy of an earlier version was never changed. Run it
before a release.
"""

from pathlib import Path

from digest.services.own_templates import (
    EARLIER_VERSIONS,
    SHIPPED,
    hash_content,
    list_shipped_templates,
)

FILE = Path(__file__).parents[2] / "digest" / "services" / EARLIER_VERSIONS


def main() -> None:
    """Add a line for each template that is not in the file yet."""
    lines = FILE.read_text("utf-8").splitlines()
    notes = [line for line in lines if line.startswith("#")]
    versions = {line for line in lines if not line.startswith("#")}
    for name in list_shipped_templates():
        versions.add(f"{hash_content((SHIPPED / name).read_bytes())} {name}")
    by_name = sorted(versions, key=lambda line: line.split(" ", 1)[::-1])
    FILE.write_text("\n".join([*notes, *by_name]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
