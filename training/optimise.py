"""One step of training: the loss, its gradient, Adam, and a moving average of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from .batches import Targets
from .net import HASHED, Dropout, Inputs, Parameters, scores


@dataclass(frozen=True)
class Settings:
    """What a step depends on; each distinct value is compiled anew."""

    dropout: Dropout = Dropout(0.25, 0.1)
    smoothing: float = 0.0
    decay: float = 0.0
    """Pull towards the starting weights, a share of the learning rate."""
    tables: float = 1.0
    """Learning rate of the hash tables against that of the rest."""
    average: float = 0.998


def loss(p: Parameters, inputs: Inputs, targets: Targets, closed: Any, settings: Settings, key: Any) -> Any:
    """Cross entropy of the gold action among the valid ones, averaged over tokens."""
    every = scores(p, inputs, settings.dropout, key)
    count = closed.shape[0]
    chances = jnp.where(targets.valid, every[:, closed], -1e9)
    logs = jax.nn.log_softmax(chances)
    wanted = targets.closed
    if settings.smoothing:
        share = settings.smoothing / count
        wanted = jnp.where(targets.valid, wanted * (1 - settings.smoothing) + share, 0.0)
    outside = -(jnp.where(targets.valid, logs, 0.0) * wanted).sum(axis=1)
    labels = (count - 1) // 2
    on = jnp.take_along_axis(every, targets.inside[:, None] + labels, axis=1)[:, 0]
    ends = jnp.take_along_axis(every, targets.inside[:, None] + 2 * labels, axis=1)[:, 0]
    goes_on = targets.goes_on * (1 - settings.smoothing) + settings.smoothing / 2
    within = -(goes_on * jax.nn.log_sigmoid(on - ends) + (1 - goes_on) * jax.nn.log_sigmoid(ends - on))
    each = jnp.where(inputs.open > 0, within, outside) * targets.weight
    return each.sum() / jnp.maximum(targets.weight.sum(), 1.0)


@dataclass
class Trained:
    """Parameters with the optimiser's memory."""

    p: Parameters
    mean: Parameters
    square: Parameters
    average: Parameters
    steps: int = 0

    @classmethod
    def start(cls, p: Parameters) -> Trained:
        """Before the first step."""
        p = {k: jnp.asarray(v) for k, v in p.items()}
        zeros = {k: jnp.zeros_like(v) for k, v in p.items()}
        return cls(p, zeros, {k: jnp.zeros_like(v) for k, v in p.items()}, {k: v.copy() for k, v in p.items()})


@partial(jax.jit, static_argnames=("settings",), donate_argnums=(0, 1, 2, 3))
def _step(
    p: Parameters,
    mean: Parameters,
    square: Parameters,
    average: Parameters,
    origin: Parameters,
    inputs: Inputs,
    targets: Targets,
    closed: Any,
    rate: Any,
    count: Any,
    key: Any,
    settings: Settings,
) -> tuple[Parameters, Parameters, Parameters, Parameters, Any]:
    value, gradient = jax.value_and_grad(loss)(p, inputs, targets, closed, settings, key)
    norm = jnp.sqrt(sum((g * g).sum() for g in gradient.values()))
    scale = jnp.minimum(1.0, 1.0 / (norm + 1e-8))
    keep = jnp.minimum(settings.average, (1.0 + count) / (10.0 + count))
    new: tuple[Parameters, ...] = ({}, {}, {}, {})
    for name, g in gradient.items():
        g = g * scale
        m = 0.9 * mean[name] + 0.1 * g
        s = 0.999 * square[name] + 0.001 * g * g
        step = (m / (1 - 0.9**count)) / (jnp.sqrt(s / (1 - 0.999**count)) + 1e-8)
        own = rate * (settings.tables if name in HASHED else 1.0)
        value_ = p[name] - own * step
        if settings.decay:
            value_ = value_ - own * settings.decay * (p[name] - origin[name])
        new[0][name], new[1][name], new[2][name] = value_, m, s
        new[3][name] = keep * average[name] + (1 - keep) * value_
    return (*new, value)


def step(
    t: Trained,
    origin: Parameters,
    batch: tuple[Inputs, Targets],
    closed: Any,
    rate: float,
    key: Any,
    settings: Settings,
) -> float:
    """Changes the parameters; gives the loss."""
    t.steps += 1
    t.p, t.mean, t.square, t.average, value = _step(
        t.p, t.mean, t.square, t.average, origin, *batch, closed, rate, float(t.steps), key, settings
    )
    return value
