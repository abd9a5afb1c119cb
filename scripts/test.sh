#!/bin/sh
# What `make test` does: one short line a step, its seconds, and the total at the end.
set -u
cd "$(dirname "$0")/.." || exit 2

begin=$(date +%s)
passed=0
log=$(mktemp)

# When the black box ends, however it ends, its watchdog kills what is left of brokers and workers and then
# removes the folder of the run: that moment is waited for, so that nothing of ours outlives this script.
finish() {
  rm -f "$log"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    ls -d "${CARGO_TARGET_DIR:-target}"/tmp/it-* >/dev/null 2>&1 || break
    sleep 1
  done
}
trap finish EXIT

# Runs a step; what it prints is shown when it fails.
step() {
  name=$1; shift
  since=$(date +%s)
  printf 'test: %-34s ' "$name"
  if "$@" >"$log" 2>&1; then
    printf '%4d s  %s\n' $(($(date +%s) - since)) "$(summary)"
    passed=$((passed + $(awk '/^test result: ok/ { n += $4 } END { print n + 0 }' "$log")))
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
printf 'test: all in %d s\ntests: %d passed, 0 failed\n' $(($(date +%s) - begin)) "$passed"
