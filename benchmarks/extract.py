"""How well and how fast articles are read from pages, beside the peers and the bare HTML parse.

    python benchmarks/extract.py [FOLDER]

FOLDER holds labelled pages with their `score.py` (by default those beside the project). Peers are
installed here, each into a virtual environment of its own. One process on one core each.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGES = HERE.parent.parent / "shared" / "data" / "extraction"
#: What each peer needs; newspaper3k and trafilatura are installed with the project.
PEERS = {"newspaper4k": ["newspaper4k", "lxml_html_clean"]}
NAMES = ("digest", "newspaper3k", "newspaper4k", "trafilatura", "bare parse")
COLUMNS = ("body f1", "title", "date", "author", "invented")


def python_of(name: str, place: Path) -> str:
    """Return the interpreter that has the reader, installing it where it is a peer's."""
    if name not in PEERS:
        return sys.executable
    venv = place / name
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [
        str(venv / "bin/pip"),
        "install",
        "-q",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "-U", "pip"], check=True)
    subprocess.run([*pip, *PEERS[name]], check=True)
    return str(venv / "bin/python")


def read(name: str, folder: Path, place: Path) -> dict[str, Any]:
    """Run one reader over the pages and score what it found."""
    out = place / f"{name}.json"
    command = [
        python_of(name, place),
        str(HERE / "readers.py"),
        name,
        str(folder),
        str(out),
    ]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    took: dict[str, Any] = json.loads(out.read_text())
    (place / "pages.json").write_text(json.dumps(took["pages"]))
    scorer = [
        sys.executable,
        str(folder / "score.py"),
        str(folder / "ground-truth.json"),
    ]
    scored = subprocess.run(
        [*scorer, str(place / "pages.json"), "--json"],
        check=True,
        capture_output=True,
    )
    return took | {"score": json.loads(scored.stdout)["all"]}


def scores(said: dict[str, Any]) -> list[float]:
    """Return what the columns show."""
    exact = [
        said[name]["accuracy"]
        for name in ("title", "date", "author", "author_invented")
    ]
    return [said["body"]["f1"], *exact]


def main() -> None:
    """Run every reader and print a table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    if not folder.is_dir():
        sys.exit(
            f"{folder}: no labelled pages there; name the folder that holds them"
        )
    with tempfile.TemporaryDirectory() as place:
        rows = {name: read(name, folder, Path(place)) for name in NAMES}
    ours = rows["digest"]["seconds"]
    print(f"{len(rows['digest']['pages'])} pages; × = our speed over theirs\n")
    print(f"{'':12}{'pages/s':>9}{'×':>7}{'MB':>6}{'failed':>8}" + "".join(
        f"{c:>10}" for c in COLUMNS))  # fmt: skip
    for name, row in rows.items():
        speed = len(row["pages"]) / row["seconds"]
        facts = f"{speed:9.1f}{row['seconds'] / ours:7.2f}{row['peak_mb']:6.0f}{row['failed']:8}"
        shown = (
            ""
            if name == "bare parse"
            else "".join(f"{s:10.3f}" for s in scores(row["score"]))
        )
        print(f"{name:12}{facts}{shown}")


if __name__ == "__main__":
    main()
