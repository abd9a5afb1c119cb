"""Trained parameters → an overlay: the files of a pipeline directory that differ from the base package's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import srsly
from thinc.api import Config

from . import net, recall
from .net import Parameters

VERSION = "1.2.0"


def write(parameters: Parameters, folder: Path, overlay: Path) -> None:
    """Writes `ner/model`, in half precision, `config.cfg` and `meta.json`; `folder` holds the base pipeline."""
    nlp = recall.extended(recall.base(folder), folder)
    net.write({name: half(value) for name, value in parameters.items()}, nlp)
    model = srsly.msgpack_loads(nlp.get_pipe("ner").model.to_bytes())
    for layer in model["params"]:
        for name, value in layer.items():
            if isinstance(value, np.ndarray) and value.dtype == np.float32:
                layer[name] = value.astype(np.float16)
    (overlay / "ner").mkdir(parents=True, exist_ok=True)
    (overlay / "ner" / "model").write_bytes(srsly.msgpack_dumps(model))
    config = Config().from_disk(folder / "config.cfg", interpolate=False)
    recall.configured(config).to_disk(overlay / "config.cfg")
    (overlay / "meta.json").write_text(json.dumps(meta(folder), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def meta(folder: Path) -> dict[str, Any]:
    """The base package's description, turned into ours."""
    found = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    found |= {
        "name": "dateline_news",
        "version": VERSION,
        "description": "Entities in world news: en_core_web_md 3.8.0 with its ner fine-tuned. An overlay: what is"
        " not here is the base package's.",
        "author": "dateline contributors; base model by Explosion",
        "email": "",
        "url": "",
        "license": "MIT",
        "performance": {},
    }
    del found["spacy_git_version"]
    return found


def half(value: np.ndarray) -> np.ndarray:
    """The nearest numbers that half precision holds."""
    return np.asarray(value).astype(np.float16).astype(np.float32)
