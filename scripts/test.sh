#!/bin/sh
# What `make test` does: one short line a step, its seconds, and the total at the end.
set -u
cd "$(dirname "$0")/.." || exit 2

begin=$(date +%s)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs a step; what it prints is shown when it fails.
step() {
  name=$1; shift
  since=$(date +%s)
  printf 'test: %-34s ' "$name"
  if "$@" >"$log" 2>&1; then
    printf '%4d s  %s\n' $(($(date +%s) - since)) "$(summary)"
  else
    printf 'failed\n\n'
    cat "$log"
    printf '\ntest: failed at "%s": %s\n' "$name" "$*"
    exit 1
  fi
}

# The numbers of tests that passed, from cargo's lines.
summary() {
  awk '/^test result: ok/ { passed += $4; ignored += $8 }
       END { if (passed) printf "%d passed%s", passed, ignored ? ", " ignored " ignored" : "" }' "$log"
}

scripts/preflight.sh build data test || exit 1
step "format" cargo fmt --check
step "clippy" cargo clippy --release --locked --all-targets -- -D warnings
step "release binary" cargo build --release --locked
step "data" make --no-print-directory data
step "Apache Kafka" make --no-print-directory kafka
step "tests build" cargo test --release --locked --no-run
step "unit and documentation tests" sh -c \
  'cargo test --release --locked --lib --bins && cargo test --release --locked --doc'
step "black box on a real Kafka" cargo test --release --locked --test it
printf 'test: all passed in %d s\n' $(($(date +%s) - begin))
