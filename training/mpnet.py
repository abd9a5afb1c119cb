"""A stronger teacher: MPNet, a transformer of twelve layers, that tags tokens in half precision.

It is eight times as dear as MiniLM. What makes it affordable: the lower layers stay as they are, so that what they make
of the text is computed once and kept; and processors with bfloat16 arithmetic multiply twice as fast in it, which
PyTorch can use and JAX on the CPU cannot. Like MiniLM it is uncased: how a token is written comes in as an embedding
below the first layer that learns, and the base network's token vectors stand beside it at the last layer.
"""

from __future__ import annotations

import json
import math
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .labels import Example
from .pieces import CASES, MPNET, Pieces, Window, windows
from .teacher import gathered, tags

HEADS, WIDTH, LAYERS = 12, 768, 12
BUCKETS, FARTHEST = 32, 128
FIRST_POSITION = 2


@dataclass(frozen=True)
class Settings:
    """How it is fine-tuned."""

    frozen: int = 6
    """Layers that stay as they are."""
    passes: float = 2
    rate: float = 1e-4
    added: float = 10.0
    """Learning rate of what is added, against that of the layers."""
    dropout: float = 0.1
    window: int = 192
    """Pieces that are read at once."""
    pieces: int = 1536
    """Pieces of a batch."""


class Layer(nn.Module):
    """One layer of the transformer."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.first, self.second = nn.LayerNorm(WIDTH, 1e-5), nn.LayerNorm(WIDTH, 1e-5)

    def forward(self, x: Tensor, bias: Tensor, dropout: float) -> Tensor:
        """`bias` [windows, heads, pieces, pieces] is added to the attention's scores."""
        rows, count, _ = x.shape
        q, k, v = (part(x).view(rows, count, HEADS, -1).transpose(1, 2) for part in (self.q, self.k, self.v))
        seen = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        seen = self.o(seen.transpose(1, 2).reshape(rows, count, WIDTH))
        x = self.first(x + functional.dropout(seen, dropout, self.training))
        wide = self.narrow(functional.gelu(self.wide(x)))
        return self.second(x + functional.dropout(wide, dropout, self.training))


class Tagger(nn.Module):
    """The transformer with what is added."""

    def __init__(self, labels: int, beside: int, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.words, self.positions = nn.Embedding(30527, WIDTH), nn.Embedding(514, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, 1e-5)
        self.distance = nn.Embedding(BUCKETS, HEADS)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.added = nn.ModuleDict(
            {
                "case": nn.Embedding(CASES, WIDTH),
                "hidden": nn.Linear(WIDTH + beside, 384),
                "tag": nn.Linear(384, 4 * labels + 1),
            }
        )
        nn.init.normal_(self.added["case"].weight, 0, 0.01)
        for part in (self.words, self.positions, self.norm, self.distance, *self.layers[: settings.frozen]):
            part.requires_grad_(False)

    def bias(self, real: Tensor) -> Tensor:
        """What distance and padding add to the attention's scores."""
        count = real.shape[1]
        apart = torch.arange(count)[None, :] - torch.arange(count)[:, None]
        near = self.distance(_bucket(apart)).permute(2, 0, 1)[None]
        return near.masked_fill(~real[:, None, None, :], -1e4).to(torch.bfloat16)

    def lower(self, ids: Tensor, real: Tensor) -> Tensor:
        """What the frozen layers make of pieces."""
        place = torch.arange(ids.shape[1]) + FIRST_POSITION
        x = self.norm(self.words(ids) + self.positions(place))
        bias = self.bias(real)
        for layer in self.layers[: self.settings.frozen]:
            x = layer(x, bias, 0.0)
        return x

    def upper(self, x: Tensor, cases: Tensor, real: Tensor, head: Tensor, beside: Tensor) -> Tensor:
        """Tag scores of tokens: `head` says where the first piece of each lies among all pieces."""
        dropout = self.settings.dropout
        x = x + self.added["case"](cases)
        bias = self.bias(real)
        for layer in self.layers[self.settings.frozen :]:
            x = layer(x, bias, dropout)
        both = torch.cat([x.reshape(-1, WIDTH)[head], beside.to(x.dtype)], 1)
        both = functional.dropout(both, dropout, self.training)
        return self.added["tag"](functional.gelu(self.added["hidden"](both)))


def _bucket(apart: Tensor) -> Tensor:
    """The class of a distance: each its own when near, ever wider ones farther off."""
    half = BUCKETS // 2
    found = (apart > 0).long() * half
    size = apart.abs()
    exact = half // 2
    far = exact + (torch.log(size.clamp(min=1).float() / exact) / math.log(FARTHEST / exact) * (half - exact)).long()
    return found + torch.where(size < exact, size, far.clamp(max=half - 1))


def load(folder: Path, labels: int, beside: int, settings: Settings, seed: int) -> Tagger:
    """The transformer's weights from its safetensors file, and fresh ones for what is added."""
    torch.manual_seed(seed)
    data = (folder / "model.safetensors").read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header: dict[str, Any] = json.loads(data[8 : 8 + size])
    found = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32" or name.startswith("pooler"):
            continue
        start, end = entry["data_offsets"]
        array = np.frombuffer(data[8 + size + start : 8 + size + end], np.float32).reshape(entry["shape"])
        for long, short in _NAMES:
            name = name.replace(long, short)
        found[name] = torch.from_numpy(array.copy())
    tagger = Tagger(labels, beside, settings)
    missing = tagger.load_state_dict(found, strict=False)
    assert not missing.unexpected_keys and all(name.startswith("added") for name in missing.missing_keys), missing
    return tagger


_NAMES = [
    ("embeddings.word_embeddings", "words"),
    ("embeddings.position_embeddings", "positions"),
    ("embeddings.LayerNorm", "norm"),
    ("encoder.relative_attention_bias", "distance"),
    ("encoder.layer.", "layers."),
    ("attention.attn.", ""),
    ("attention.LayerNorm", "first"),
    ("intermediate.dense", "wide"),
    ("output.LayerNorm", "second"),
    ("output.dense", "narrow"),
]


@dataclass
class Batch:
    """Windows, padded to the longest."""

    group: list[Window]
    ids: Tensor
    cases: Tensor
    real: Tensor
    head: Tensor
    beside: Tensor

    @classmethod
    def of(cls, group: list[Window], beside: list[np.ndarray]) -> Batch:
        """Windows with the base network's token vectors."""
        longest = max(len(window.ids) for window in group)
        ids, cases = torch.full((len(group), longest), MPNET.pad), torch.zeros((len(group), longest), dtype=torch.long)
        for row, window in enumerate(group):
            ids[row, : len(window.ids)] = torch.from_numpy(window.ids)
            cases[row, : len(window.ids)] = torch.from_numpy(window.cases)
        head = np.concatenate([row * longest + window.heads for row, window in enumerate(group)])
        near = np.concatenate([beside[w.document][w.first : w.first + len(w.heads)] for w in group])
        return cls(group, ids, cases, ids != MPNET.pad, torch.from_numpy(head), torch.from_numpy(near))


def _groups(cut: list[Window], order: list[int], settings: Settings) -> list[list[int]]:
    """Windows of like length together, as many as a batch holds."""
    groups: list[list[int]] = []
    for start in range(0, len(order), 64):
        some = sorted(order[start : start + 64], key=lambda at: -len(cut[at].ids))
        while some:
            count = max(1, settings.pieces // len(cut[some[0]].ids))
            groups.append(some[:count])
            some = some[count:]
    return groups


def train(
    tagger: Tagger, examples: list[Example], beside: list[np.ndarray], pieces: Pieces, labels: int, seed: int
) -> Tagger:
    """Fine-tunes the upper layers."""
    settings, random = tagger.settings, np.random.default_rng(seed)
    wanted = [tags(example, labels) for example in examples]
    cut = [w for at, e in enumerate(examples) for w in windows(at, e.words, pieces, settings.window)]
    began = time.monotonic()
    kept: dict[int, Tensor] = {}
    tagger.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for group in _groups(cut, sorted(range(len(cut)), key=lambda at: -len(cut[at].ids)), settings):
            batch = Batch.of([cut[at] for at in group], beside)
            for at, row in zip(group, tagger.lower(batch.ids, batch.real), strict=True):
                kept[at] = row[: len(cut[at].ids)].to(torch.bfloat16)
    print(f"  frozen layers: {len(cut)} windows, {time.monotonic() - began:.0f} s", flush=True)

    learning = [(name, value) for name, value in tagger.named_parameters() if value.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": [v for name, v in learning if name.startswith("added")], "lr": settings.rate * settings.added},
            {"params": [v for name, v in learning if not name.startswith("added")], "lr": settings.rate},
        ],
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    order = [_groups(cut, random.permutation(len(cut)).tolist(), settings) for _ in range(math.ceil(settings.passes))]
    plan = [group for groups in order for at in random.permutation(len(groups)) for group in [groups[at]]]
    plan = plan[: round(len(plan) * settings.passes / math.ceil(settings.passes))]
    total = len(plan)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / (0.1 * total), (1 - step / total) / 0.9 + 0.01)
    )
    tagger.train()
    losses: list[float] = []
    for step, group in enumerate(plan):
        batch = Batch.of([cut[at] for at in group], beside)
        x = nn.utils.rnn.pad_sequence([kept[at] for at in group], batch_first=True)
        target = np.concatenate([wanted[w.document][w.first : w.first + len(w.heads)] for w in batch.group])
        with torch.autocast("cpu", torch.bfloat16):
            scores = tagger.upper(x, batch.cases, batch.real, batch.head, batch.beside)
        value = functional.cross_entropy(scores.float(), torch.from_numpy(target).long())
        optimiser.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_([v for _, v in learning], 1.0)
        optimiser.step()
        scheduler.step()
        losses.append(value.item())
        if step % 20 == 19:
            spent = time.monotonic() - began
            print(f"    {step + 1}/{total} loss {np.mean(losses[-20:]):.4f}, {spent:.0f} s", flush=True)
    return tagger.eval()


@torch.no_grad()
def probabilities(
    tagger: Tagger, documents: list[np.ndarray], beside: list[np.ndarray], pieces: Pieces
) -> list[np.ndarray]:
    """[tokens, tags] of each document. Windows overlap; a token is read where it stands deepest in one."""
    settings = tagger.settings
    cut = [w for at, words in enumerate(documents) for w in windows(at, words, pieces, settings.window, 30)]
    found: list[tuple[Window, np.ndarray]] = []
    for group in _groups(cut, sorted(range(len(cut)), key=lambda at: -len(cut[at].ids)), settings):
        batch = Batch.of([cut[at] for at in group], beside)
        with torch.autocast("cpu", torch.bfloat16):
            scores = tagger.upper(
                tagger.lower(batch.ids, batch.real), batch.cases, batch.real, batch.head, batch.beside
            )
        chances, at = torch.softmax(scores.float(), 1).numpy(), 0
        for window in batch.group:
            found.append((window, chances[at : at + len(window.heads)]))
            at += len(window.heads)
    return gathered(documents, found)
