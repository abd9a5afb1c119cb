"""A teacher with a wider view: a small transformer (MiniLM) that tags tokens, beside what the base network sees.

It is far too slow to ship. It labels unlabelled text for the network that ships, and votes with it on labelled text.
The transformer is uncased: how a token is written comes in as an embedding of its own, and the base network's token
vectors (which know case, affixes and neighbours) stand beside the transformer's at the last layer.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .decode import Actions, softmax
from .labels import Example
from .net import Parameters
from .pieces import BERT, CASES, Pieces, Window, windows

HEADS = 12


def load(folder: Path, tags: int, beside: int, seed: int) -> Parameters:
    """The transformer's weights from its safetensors file, and fresh ones for what is added."""
    data = (folder / "model.safetensors").read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    p: Parameters = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__" or entry["dtype"] != "F32" or name.startswith("pooler"):
            continue
        start, end = entry["data_offsets"]
        p[name] = np.frombuffer(data[8 + size + start : 8 + size + end], np.float32).reshape(entry["shape"]).copy()
    width = p["embeddings.LayerNorm.weight"].shape[0]
    random = np.random.default_rng(seed)
    p["embeddings.word_embeddings.weight"][:] += p.pop("embeddings.token_type_embeddings.weight")[0]
    p["added.case"] = random.normal(0, 0.01, (CASES, width)).astype(np.float32)
    p["added.hidden.W"] = random.normal(0, 0.03, (width + beside, 256)).astype(np.float32)
    p["added.hidden.b"] = np.zeros(256, np.float32)
    p["added.tag.W"] = random.normal(0, 0.03, (256, tags)).astype(np.float32)
    p["added.tag.b"] = np.zeros(tags, np.float32)
    return p


class Batch(NamedTuple):
    """Windows of one size."""

    ids: Any  # [windows, pieces]
    cases: Any  # [windows, pieces]
    real: Any  # [windows, pieces]
    head: Any  # [tokens]: index into the flattened pieces
    beside: Any  # [tokens, …]: the base network's token vectors
    tag: Any  # [tokens]
    weight: Any  # [tokens]


def _norm(p: Parameters, name: str, x: Any) -> Any:
    mean = x.mean(-1, keepdims=True)
    centred = x - mean
    return (
        centred * jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + 1e-12) * p[f"{name}.weight"]
        + p[f"{name}.bias"]
    )


def _dense(p: Parameters, name: str, x: Any) -> Any:
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def _drop(x: Any, rate: float, key: Any) -> Any:
    if key is None or rate == 0:
        return x
    kept = jax.random.bits(key, x.shape, jnp.uint8) >= round(rate * 256)
    return jnp.where(kept, x / (1 - round(rate * 256) / 256), 0.0)


def logits(p: Parameters, batch: Batch, key: Any = None, dropout: float = 0.1) -> Any:
    """Tag scores of the windows' tokens."""
    keys = [None] * 14 if key is None else list(jax.random.split(key, 14))
    rows, count = batch.ids.shape
    x = p["embeddings.word_embeddings.weight"][batch.ids] + p["embeddings.position_embeddings.weight"][:count]
    x = _norm(p, "embeddings.LayerNorm", x + p["added.case"][batch.cases])
    x = _drop(x, dropout, keys[12])
    width = x.shape[-1]
    hidden = jnp.where(batch.real[:, None, None, :] > 0, 0.0, -1e9)
    for layer in range(6):
        name = f"encoder.layer.{layer}"
        q, k, v = (
            _dense(p, f"{name}.attention.self.{part}", x).reshape(rows, count, HEADS, -1)
            for part in ("query", "key", "value")
        )
        chance = jax.nn.softmax(jnp.einsum("bqhd,bkhd->bhqk", q, k) / np.sqrt(width / HEADS) + hidden, axis=-1)
        seen = jnp.einsum("bhqk,bkhd->bqhd", chance, v).reshape(rows, count, width)
        seen = _drop(_dense(p, f"{name}.attention.output.dense", seen), dropout, keys[2 * layer])
        x = _norm(p, f"{name}.attention.output.LayerNorm", x + seen)
        wide = jax.nn.gelu(_dense(p, f"{name}.intermediate.dense", x), approximate=True)
        wide = _drop(_dense(p, f"{name}.output.dense", wide), dropout, keys[2 * layer + 1])
        x = _norm(p, f"{name}.output.LayerNorm", x + wide)
    both = jnp.concatenate([x.reshape(-1, width)[batch.head], batch.beside], axis=1)
    inner = jax.nn.gelu(_drop(both, dropout, keys[13]) @ p["added.hidden.W"] + p["added.hidden.b"])
    return inner @ p["added.tag.W"] + p["added.tag.b"]


def tags(example: Example, labels: int) -> np.ndarray:
    """B, I, L and U of each label, then O."""
    found = np.full(len(example.words), 4 * labels, np.int32)
    for start, end, label in example.spans:
        if end - start == 1:
            found[start] = 3 * labels + label
        else:
            found[start + 1 : end - 1] = labels + label
            found[start], found[end - 1] = label, 2 * labels + label
    return found


@dataclass(frozen=True)
class Size:
    """Of a batch."""

    windows: int = 16
    pieces: int = 160


def batch(
    group: list[Window],
    beside: list[np.ndarray],
    tag: list[np.ndarray] | None,
    size: Size,
    random: np.random.Generator | None = None,
    masked: float = 0.0,
) -> Batch:
    """Windows as arrays of one fixed size."""
    ids = np.zeros((size.windows, size.pieces), np.int32)
    cases, real = np.zeros_like(ids), np.zeros(ids.shape, np.float32)
    tokens = size.windows * size.pieces
    head, weight, wanted = np.zeros(tokens, np.int32), np.zeros(tokens, np.float32), np.zeros(tokens, np.int32)
    near = np.zeros((tokens, beside[0].shape[1]), np.float32)
    at = 0
    for row, window in enumerate(group):
        count, own = len(window.ids), slice(at, at + len(window.heads))
        ids[row, :count], cases[row, :count], real[row, :count] = window.ids, window.cases, 1.0
        if random is not None:
            hidden = (random.random(count) < masked) & (cases[row, :count] > 0)
            ids[row, :count][hidden] = BERT.mask
        head[own], weight[own] = row * size.pieces + window.heads, 1.0
        document = slice(window.first, window.first + len(window.heads))
        near[own] = beside[window.document][document]
        if tag is not None:
            wanted[own] = tag[window.document][document]
        at = own.stop
    return Batch(ids, cases, real, head, near, wanted, weight)


def _loss(p: Parameters, b: Batch, key: Any) -> Any:
    chances = jax.nn.log_softmax(logits(p, b, key))
    picked = jnp.take_along_axis(chances, b.tag[:, None], axis=1)[:, 0]
    return -(picked * b.weight).sum() / b.weight.sum()


@partial(jax.jit, donate_argnums=(0, 1, 2))
def _step(
    p: Parameters, mean: Parameters, square: Parameters, b: Batch, rate: Any, count: Any, key: Any
) -> tuple[Parameters, Parameters, Parameters, Any]:
    value, gradient = jax.value_and_grad(_loss)(p, b, key)
    norm = jnp.sqrt(sum((g * g).sum() for g in gradient.values()))
    scale = jnp.minimum(1.0, 1.0 / (norm + 1e-8))
    new: tuple[Parameters, ...] = ({}, {}, {})
    for name, g in gradient.items():
        own = rate * (8.0 if name.startswith("added") else 1.0)
        m = 0.9 * mean[name] + 0.1 * g * scale
        s = 0.98 * square[name] + 0.02 * (g * scale) ** 2
        step = (m / (1 - 0.9**count)) / (jnp.sqrt(s / (1 - 0.98**count)) + 1e-8)
        new[0][name] = p[name] - own * (step + (0.01 * p[name] if p[name].ndim > 1 else 0.0))
        new[1][name], new[2][name] = m, s
    return (*new, value)


def train(
    p: Parameters,
    examples: list[Example],
    beside: list[np.ndarray],
    pieces: Pieces,
    actions: Actions,
    passes: int,
    rate: float,
    seed: int,
    size: Size = Size(),
) -> Parameters:
    """Fine-tunes all weights."""
    random, key = np.random.default_rng(seed), jax.random.key(seed)
    wanted = [tags(example, len(actions.labels)) for example in examples]
    p = {name: jnp.asarray(value) for name, value in p.items()}
    mean, square = ({name: jnp.zeros_like(v) for name, v in p.items()} for _ in range(2))
    cut = [w for at, e in enumerate(examples) for w in windows(at, e.words, pieces, size.pieces)]
    each = -(-len(cut) // size.windows)
    done = 0
    for number in range(passes):
        order, losses = random.permutation(len(cut)), []
        for start in range(0, len(cut), size.windows):
            group = [cut[at] for at in order[start : start + size.windows]]
            done += 1
            share = done / (each * passes)
            own = rate * min(1.0, share / 0.1, (1 - share) / 0.9 + 0.01)
            key, use = jax.random.split(key)
            made = batch(group, beside, wanted, size, random, 0.06)
            p, mean, square, value = _step(p, mean, square, made, own, float(done), use)
            losses.append(float(value))
            if len(losses) % 20 == 0:
                print(f"    {done}/{each * passes} loss {np.mean(losses[-20:]):.4f}", flush=True)
        print(f"  teacher pass {number + 1}: loss {np.mean(losses):.4f}", flush=True)
    return {name: np.asarray(value) for name, value in p.items()}


_logits = jax.jit(lambda p, b: logits(p, b))


def probabilities(
    p: Parameters, documents: list[np.ndarray], beside: list[np.ndarray], pieces: Pieces, size: Size = Size()
) -> list[np.ndarray]:
    """[tokens, tags] of each document. Windows overlap; a token is read where it stands deepest in one."""
    cut = [w for at, words in enumerate(documents) for w in windows(at, words, pieces, size.pieces, 30)]
    found: list[tuple[Window, np.ndarray]] = []
    for start in range(0, len(cut), size.windows):
        group = cut[start : start + size.windows]
        chances, at = softmax(np.asarray(_logits(p, batch(group, beside, None, size)))), 0
        for window in group:
            found.append((window, chances[at : at + len(window.heads)]))
            at += len(window.heads)
    return gathered(documents, found)


def gathered(documents: list[np.ndarray], found: list[tuple[Window, np.ndarray]]) -> list[np.ndarray]:
    """Of overlapping windows' opinions on a token that of the window where it stands deepest."""
    made = [np.zeros((len(words), found[0][1].shape[1]), np.float16) for words in documents]
    depth = [np.full(len(words), -1) for words in documents]
    for window, chances in found:
        count = len(window.heads)
        own, document = slice(window.first, window.first + count), window.document
        place = np.arange(count)
        # The ends of a document have nothing beyond them, so they count as deep.
        left = place + (1000 if window.first == 0 else 0)
        right = place[::-1] + (1000 if window.first + count == len(documents[document]) else 0)
        better = np.minimum(left, right) > depth[document][own]
        made[document][own][better] = chances[better]
        depth[document][own][better] = np.minimum(left, right)[better]
    return made


def decode_tags(chances: np.ndarray, labels: int) -> list[tuple[int, int, int]]:
    """Spans along the greedy path."""
    spans, at, count = [], 0, len(chances)
    while at < count:
        begin, unit, out = chances[at, :labels], chances[at, 3 * labels : 4 * labels], chances[at, -1]
        start = at
        at += 1
        label = int(np.maximum(begin, unit).argmax())
        if out >= max(begin[label], unit[label]):
            continue
        if begin[label] > unit[label]:
            while at < count:
                on = chances[at, labels + label] > chances[at, 2 * labels + label]
                at += 1
                if not on:
                    break
        spans.append((start, at, label))
    return spans
