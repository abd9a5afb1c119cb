"""Unlabelled text, labelled by teachers that vote: what they think of every token becomes the student's target."""

from __future__ import annotations

import numpy as np

from .decode import Decoder
from .labels import Example


def softened(
    documents: list[np.ndarray], decoder: Decoder, tagged: list[np.ndarray] | None = None, share: float = 0.5
) -> list[Example]:
    """Examples with the voters' own path as spans and their probabilities as targets."""
    found = []
    for words, decoded in zip(documents, decoder.documents(documents, tagged, share), strict=True):
        soft = decoded.closed.astype(np.float16), decoded.goes_on.astype(np.float16)
        found.append(Example(words, decoded.spans, np.zeros(0), soft=soft))
    return found
