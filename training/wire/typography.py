"""Words parted by blanks → the typography of newspapers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from . import Story

DATELINE = [
    " , {month} {dom} ( [[ORG|Reuters]] ) -",
    " , {month} {dom} ( [[ORG|Reuter]] ) -",
    " ( [[ORG|Reuters]] ) -",
    " , {month} {dom} ( {agency} ) -",
]
"""What stands after the place in the first line of a printed story, which goes on behind it."""

CLOSES = re.compile(r"[,.;:?!)%]|'s|'S|n't")
NUMBER = re.compile(r"\d+")


def printed(story: Story, random: np.random.Generator) -> Story:
    """The same words as newspapers print them: points, brackets and possessives touch the word before or after."""
    # A sentence that ends in "Calif." needs no second point.
    kept = [at for at, word in enumerate(story.words) if word != "." or not story.words[at - 1].endswith(".")]
    words, marks = [story.words[at] for at in kept], [story.marks[at] for at in kept]
    blanks = [True] * len(words)
    slug, list_dash = random.random() < 0.5, random.random() < 0.5
    quoted = False
    for at, word in enumerate(words):
        before = at - 1
        if word == "\n":
            blanks[at] = False
            if at:
                blanks[before] = False
            quoted = False
        elif word == '"':
            blanks[before if quoted else at] = False
            quoted = not quoted
        elif CLOSES.fullmatch(word) or (word == "'" and at and words[before].lower().endswith("s")):
            if at:
                blanks[before] = False
        elif word == "(":
            blanks[at] = False
        elif word == "/" and 0 < at < len(words) - 1 and marks[before] and marks[at + 1]:
            blanks[before] = blanks[at] = False
        elif word == "-" and 0 < at < len(words) - 1:
            # "SOCCER-" at the head, "15-Andre" in lists of players.
            head = slug and at < 4 and "\n" not in words[:at] and "".join(words[:at]).isupper()
            player = list_dash and NUMBER.fullmatch(words[before]) and marks[at + 1] == "B-PERSON"
            if head and not marks[before] and words[at + 1][0].isalpha() or player:
                blanks[before] = blanks[at] = False
    return type(story)(words, marks, blanks)
