"""Several newsletters in a working folder of tests."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def add_newsletters(folder: Path, **others: dict[str, Any]) -> None:
    """Let feeds.yaml have `weekly` and others, each as that one but for some settings."""
    file = folder / "feeds.yaml"
    yaml = YAML(typ="safe")
    tree = yaml.load(file.read_text("utf-8"))
    weekly = tree.pop("newsletter")
    tree["newsletters"] = [
        {"key": "weekly", **weekly},
        *({**weekly, "key": key, **own} for key, own in others.items()),
    ]
    with file.open("w", encoding="utf-8") as target:
        yaml.dump(tree, target)
