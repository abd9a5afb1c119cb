"""spaCy's CNN entity recogniser as dense, batched arithmetic.

spaCy trains its transition system action by action. Its network is small and its state is only three tokens (the
current one, the first of the open entity, the one before), so with the gold actions given the whole of it is a few
matrix products over all tokens at once. The parameters are spaCy's own, read from and written back to the pipeline:
what is trained here is decoded there, score for score. A network may have three matrices more than the base network has,
with which it recalls.

Documents lie end to end in one flat array, with `MARGIN` rows of zeros between them: as many as the encoder sees.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from spacy.language import Language

from .recall import AFTER, PASSAGE

MARGIN = 4
DOCUMENTS = 512
"""Documents that may lie in one flat array."""
HASHED = ["norm", "prefix", "suffix", "shape"]
RECALLED = ["memory", "topic", "passage"]
Parameters = dict[str, Any]


class Dropout(NamedTuple):
    """Rates: after the mixer and each encoder layer, and of the state before the upper layer."""

    layers: float = 0.0
    state: float = 0.0


NO_DROPOUT = Dropout()


class Whole(NamedTuple):
    """What is recalled by: which tokens are of one word, and of one document."""

    alike: Any  # [tokens]: number of the word within its document
    document: Any  # [tokens]: number of the document
    passage: Any  # [tokens]: number of the stretch of text within all documents
    named: Any  # [tokens]: 1 where the word begins with a capital

    @classmethod
    def of(cls, flat: np.ndarray, document: np.ndarray, capital: np.ndarray) -> Whole:
        """From the tokens' words and documents, and which words begin with a capital."""
        assert document.max(initial=0) < DOCUMENTS
        _, alike = np.unique(document.astype(np.int64) * len(capital) + flat, return_inverse=True)
        first = np.maximum.accumulate(np.where(np.diff(document, prepend=-1), np.arange(len(flat)), 0))
        starts = (np.arange(len(flat)) - first) % PASSAGE == 0
        passage = np.cumsum(starts) - 1
        named = capital[flat].astype(np.float32) * (flat > 0)
        return cls(alike.astype(np.int32), document, passage.astype(np.int32), named)


class Inputs(NamedTuple):
    """Tokens of several documents, and the states that the gold actions lead through."""

    rows: Any  # [words, 4, 4]: rows of the hash tables
    vectors: Any  # [words, 300]
    word: Any  # [tokens]: which of the words
    real: Any  # [tokens]: 0 for the rows of zeros between documents
    start: Any  # [tokens]: first token of the entity that is open here
    open: Any  # [tokens]: 1 where an entity is open
    whole: Whole


def _layers(nlp: Language) -> list[tuple[str, Any, str]]:
    """Names of our parameters with the layer and the parameter of spaCy that they stand for."""
    model = nlp.get_pipe("ner").model
    found: list[tuple[str, Any, str]] = []
    inner = model.get_ref("tok2vec").layers[0]
    parts = [inner.get_ref(name) for name in ("embed", "encode", "refine") if inner.has_ref(name)]
    hashed = sorted((x for x in model.walk() if x.name == "hashembed"), key=lambda x: x.attrs["column"])
    found += [(name, layer, "E") for name, layer in zip(HASHED, hashed, strict=True)]
    found += [("vectors", next(x for x in model.walk() if x.name == "static_vectors"), "W")]
    maxouts = [x for part in parts for x in part.walk() if x.name == "maxout"]
    norms = [x for part in parts for x in part.walk() if x.name == "layernorm"]
    for at, (maxout, norm) in enumerate(zip(maxouts, norms, strict=True)):
        name = "mix" if at == 0 else f"encode{at - 1}"
        found += [(f"{name}.W", maxout, "W"), (f"{name}.b", maxout, "b")]
        found += [(f"{name}.G", norm, "G"), (f"{name}.shift", norm, "b")]
    if inner.has_ref("recall"):
        found += [(f"recall.{name}", inner.get_ref("recall"), name) for name in RECALLED]
    tok2vec, lower, upper = (model.get_ref(x) for x in ("tok2vec", "lower", "upper"))
    project = next(x for x in tok2vec.walk() if x.name == "linear")
    found += [("project.W", project, "W"), ("project.b", project, "b")]
    found += [("lower.W", lower, "W"), ("lower.b", lower, "b"), ("lower.pad", lower, "pad")]
    found += [("upper.W", upper, "W"), ("upper.b", upper, "b")]
    return found


def read(nlp: Language) -> Parameters:
    """The parameters of a pipeline's `ner`."""
    return {name: np.array(layer.get_param(key)) for name, layer, key in _layers(nlp)}


def write(parameters: Parameters, nlp: Language) -> None:
    """Gives the pipeline's `ner` these parameters."""
    for name, layer, key in _layers(nlp):
        layer.set_param(key, np.asarray(parameters[name], np.float32))


def _maxout(p: Parameters, name: str, x: Any) -> Any:
    w = p[f"{name}.W"]
    y = x @ w.reshape(-1, w.shape[-1]).T
    y = y.reshape(-1, w.shape[0], w.shape[1]) + p[f"{name}.b"]
    y = y.max(axis=-1)
    mean = y.mean(axis=-1, keepdims=True)
    centred = y - mean
    variance = (centred * centred).mean(axis=-1, keepdims=True) + 1e-8
    return centred * jax.lax.rsqrt(variance) * p[f"{name}.G"] + p[f"{name}.shift"]


def _drop(x: Any, rate: float, key: Any) -> Any:
    """Zeroes a share of the numbers; the bits are drawn as bytes, which is a quarter of the work."""
    if rate == 0.0:
        return x
    kept = jax.random.bits(key, x.shape, jnp.uint8) >= round(rate * 256)
    return jnp.where(kept, x / (1.0 - round(rate * 256) / 256), 0.0)


def embed(p: Parameters, rows: Any, vectors: Any) -> Any:
    """Words → vectors, each on its own."""
    parts = [p[name][rows[:, column]].sum(axis=1) for column, name in enumerate(HASHED)]
    return _maxout(p, "mix", jnp.concatenate([*parts, vectors @ p["vectors"].T], axis=1))


def extended(p: Parameters) -> Parameters:
    """A network that recalls nothing yet."""
    width = p["mix.W"].shape[0]
    return p | {f"recall.{name}": np.zeros((width, width), np.float32) for name in RECALLED}


def _recall(p: Parameters, x: Any, real: Any, whole: Whole) -> Any:
    """Adds what the other tokens of a word and the document as a whole say: see `recall.py`."""

    def means(weight: Any, group: Any, groups: int) -> tuple[Any, Any]:
        count = jax.ops.segment_sum(weight, group, groups)
        return jax.ops.segment_sum(x * weight[:, None], group, groups) / jnp.maximum(count, 1.0)[:, None], count

    mean, count = means(whole.named, whole.alike, len(x))
    several = whole.named * (count[whole.alike] > 1)
    added = ((mean[whole.alike] - x) @ p["recall.memory"].T) * several[:, None]
    added += (means(real, whole.document, DOCUMENTS)[0] @ p["recall.topic"].T)[whole.document]
    added += (means(real, whole.passage, len(x))[0] @ p["recall.passage"].T)[whole.passage]
    return (x + added) * real[:, None]


def encode(p: Parameters, x: Any, real: Any, whole: Whole, dropout: Dropout, keys: Any) -> Any:
    """Word vectors → token vectors, through residual layers that see one neighbour on each side."""
    nothing = jnp.zeros((1, x.shape[1]), x.dtype)
    for layer in range(4):
        window = jnp.concatenate([jnp.concatenate([nothing, x[:-1]]), x, jnp.concatenate([x[1:], nothing])], axis=1)
        x = x + _drop(_maxout(p, f"encode{layer}", window), dropout.layers, keys[layer])
        if layer + 1 == AFTER and "recall.memory" in p:
            x = _recall(p, x, real, whole)
    return x @ p["project.W"].T + p["project.b"]


def states(p: Parameters, tokens: Any, start: Any, is_open: Any) -> Any:
    """The hidden layer of the state at each token."""
    w = p["lower.W"]
    slots, hidden, pieces, width = w.shape
    products = [tokens @ w[slot].reshape(-1, width).T for slot in range(slots)]
    before = jnp.concatenate([jnp.zeros_like(products[2][:1]), products[2][:-1]])
    entity = products[1][start] + before
    closed = (p["lower.pad"][0, 1] + p["lower.pad"][0, 2]).reshape(-1)
    sums = products[0] + jnp.where(is_open[:, None] > 0, entity, closed)
    return (sums.reshape(-1, hidden, pieces) + p["lower.b"]).max(axis=-1)


def scores(p: Parameters, inputs: Inputs, dropout: Dropout = NO_DROPOUT, key: Any = None) -> Any:
    """The score of every action at every token, in the state that the inputs say."""
    keys = [None] * 6 if key is None else list(jax.random.split(key, 6))
    x = embed(p, inputs.rows, inputs.vectors)[inputs.word] * inputs.real[:, None]
    x = _drop(x, dropout.layers, keys[5])
    tokens = encode(p, x, inputs.real, inputs.whole, dropout, keys)
    hidden = _drop(states(p, tokens, inputs.start, inputs.open), dropout.state, keys[4])
    return hidden @ p["upper.W"].T + p["upper.b"]


@jax.jit
def project(p: Parameters, rows: Any, vectors: Any, word: Any, real: Any, whole: Whole) -> tuple[Any, Any]:
    """Encoded tokens, and the action scores at each where no entity is open."""
    x = embed(p, rows, vectors)[word] * real[:, None]
    tokens = encode(p, x, real, whole, Dropout(), [None] * 4)
    closed = jnp.zeros(word.shape, jnp.int32)
    hidden = states(p, tokens, closed, closed)
    return tokens, hidden @ p["upper.W"].T + p["upper.b"]
