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


UNLABELLED = {
    "articles-wikinews": 1,
    "geo/lgl-dev": 1,
    "geo/geovirus-dev": 1,
    "casualty/event-notes-dev": 1,
    "casualty/gun-violence-dev": 2,
}
"""Files of articles without entity labels, of which every first, second, … is taken: the last are all of one kind.
`articles-dev` is left out: its articles are those of the labelled files."""


def unlabelled(folder: Path) -> list[str]:
    """Texts without entity labels, as far as the folder has any."""
    found: list[str] = []
    for name, step in UNLABELLED.items():
        path = folder / f"{name}.jsonl"
        found += [row["text"] for row in rows(path)[step - 1 :: step]] if path.is_file() else []
    return found
