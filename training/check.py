"""usage: python -m training.check BASE OVERLAY [TEXT]

Proves that an untouched base pipeline and the overlay load together in spaCy, and shows what the model finds.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .recall import load

TEXT = "RIYADH: Marco Rubio met Sergey Lavrov on Tuesday, Al Jazeera said. SOCCER - LEEDS 2 ARSENAL 1."


def main(base: Path, overlay: Path, text: str) -> None:
    nlp = load(base, overlay)
    print(f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}, {len(nlp.get_pipe('ner').labels)} types")
    for entity in nlp(text).ents:
        print(f"  {entity.label_:8} {entity.text}")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), *(sys.argv[3:] or [TEXT]))
