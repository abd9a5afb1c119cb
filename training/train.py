"""Fine-tuning of one network: passes over examples, with a learning rate that falls to zero."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import jax
import jax.numpy as jnp
import numpy as np

from .batches import Shape, WordDropout, batches
from .decode import Actions
from .labels import Example
from .net import Parameters
from .optimise import Settings, Trained, step
from .words import Words


@dataclass(frozen=True)
class Recipe:
    """How a network is trained."""

    passes: int = 8
    rate: float = 0.001
    warmup: float = 0.05
    settings: Settings = Settings()
    words: WordDropout = WordDropout(vector=0.05, whole=0.1, shape=0.02)
    shape: Shape = field(default_factory=Shape)


Source = Callable[[np.random.Generator], list[tuple[Example, float]]]
"""Gives the examples of one pass with their weights: augmentation draws them anew each time."""


def train(start: Parameters, source: Source, words: Words, actions: Actions, recipe: Recipe, seed: int) -> Parameters:
    """Trains from `start`; gives the averaged weights."""
    random = np.random.default_rng(seed)
    key = jax.random.key(seed)
    state = Trained.start(start)
    origin = {name: jnp.asarray(value) for name, value in start.items()}
    closed = jnp.asarray(actions.closed)
    began = time.monotonic()
    for number in range(recipe.passes):
        examples, weights = map(list, zip(*source(random), strict=True))
        made = batches(examples, weights, words, actions, recipe.shape, recipe.words, random)
        expected = sum(len(example.words) for example in examples) / (recipe.shape.tokens * 0.9)
        losses = []
        for at, batch in enumerate(made):
            done = (number + min(1.0, at / expected)) / recipe.passes
            rate = recipe.rate * min(1.0, done / recipe.warmup, 0.01 + (1 - done) / (1 - recipe.warmup))
            key, own = jax.random.split(key)
            losses.append(step(state, origin, batch, closed, rate, own, recipe.settings))
        spent = time.monotonic() - began
        print(f"  pass {number + 1}: {len(losses)} batches, loss {np.mean(losses):.4f}, {spent:.0f} s", flush=True)
    return {name: np.asarray(value) for name, value in state.average.items()}
