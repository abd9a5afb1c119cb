"""The labelled and unlabelled files, and how they are split by article."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .labels import rows

Row = dict[str, Any]
HELD_OUT = {"worldwide": 100, "politics": 110, "wikigold": 25}
FILES = {
    "worldwide": ["worldwide-train", "worldwide-dev"],
    "politics": ["politics-dev"],
    "wikigold": ["wikigold-train"],
}


@dataclass
class Split:
    """Labelled rows by corpus: to learn from, and to choose by."""

    train: dict[str, list[Row]]
    validation: dict[str, list[Row]]

    @property
    def everything(self) -> dict[str, list[Row]]:
        """All rows, for the model that ships."""
        return {name: self.train[name] + self.validation[name] for name in self.train}


def labelled(folder: Path) -> Split:
    """Reads the labelled files below `folder` and holds some articles of each corpus out."""
    missing = [name for names in FILES.values() for name in names if not (folder / "ner" / f"{name}.jsonl").is_file()]
    if missing:
        raise SystemExit(f"no labelled text: {folder / 'ner'} lacks {', '.join(f'{name}.jsonl' for name in missing)}")
    split = Split({}, {})
    for corpus, names in FILES.items():
        found = _distinct([row for name in names for row in rows(folder / "ner" / f"{name}.jsonl")])
        order = np.random.default_rng(2026).permutation(len(found))
        held = HELD_OUT[corpus]
        split.validation[corpus] = [found[at] for at in order[:held]]
        split.train[corpus] = [found[at] for at in order[held:]]
    return split


def _distinct(found: list[Row]) -> list[Row]:
    """Rows whose text was not seen before."""
    return list({"".join(row["text"].split()): row for row in found}.values())


def unlabelled(folder: Path) -> list[str]:
    """Texts without entity labels. `articles-dev` is left out: its articles are those of the labelled files."""
    files = ["articles-wikinews", "geo/lgl-dev", "geo/geovirus-dev", "casualty/event-notes-dev", "casualty/gun-violence-dev"]
    return [row["text"] for name in files if (folder / f"{name}.jsonl").is_file() for row in rows(folder / f"{name}.jsonl")]
