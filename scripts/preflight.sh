#!/bin/sh
# Names each missing tool, with the command that installs it, before anything long starts.
# usage: scripts/preflight.sh [build] [data] [test]
set -u
cd "$(dirname "$0")/.." || exit 2

missing=0

# The package's name on Debian, Fedora and macOS, in this order; "-" where it has none.
how_to_install() {
  if command -v apt-get >/dev/null; then printf 'apt-get install %s' "$1"
  elif command -v dnf >/dev/null; then printf 'dnf install %s' "$2"
  elif command -v brew >/dev/null; then printf 'brew install %s' "$3"
  else printf 'install %s' "$1"
  fi
}

lacks() {
  [ "$missing" -ne 0 ] || echo "what this machine lacks:" >&2
  missing=1
  printf '  %s: %s\n' "$1" "$2" >&2
}

# Whether dotted version $1 is at least $2.
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -t. -k1,1n -k2,2n -k3,3n | head -n 1)" = "$2" ]
}

check_build() {
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  if ! command -v cargo >/dev/null; then
    lacks "cargo $wanted or newer" "see https://rustup.rs"
  else
    have=$(cargo --version | cut -d' ' -f2)
    at_least "$have" "$wanted" || lacks "cargo $wanted or newer (here: $have)" "rustup update stable"
  fi
  command -v cc >/dev/null || lacks "a C compiler (cc)" "$(how_to_install build-essential gcc gcc)"
  command -v c++ >/dev/null || lacks "a C++ compiler (c++)" "$(how_to_install build-essential gcc-c++ gcc)"
  command -v make >/dev/null || lacks "make" "$(how_to_install make make make)"
  if ! pkg-config --exists openssl 2>/dev/null; then
    # The vendored OpenSSL is configured by Perl.
    command -v perl >/dev/null || lacks "perl" "$(how_to_install perl perl perl)"
    if [ "$missing" -eq 0 ] && [ ! -d "${CARGO_TARGET_DIR:-target}/release" ]; then
      echo "no OpenSSL that pkg-config finds: it is built from source, which takes minutes" \
        "(quicker: $(how_to_install 'pkg-config libssl-dev' 'pkgconf openssl-devel' 'pkgconf openssl'))"
    fi
  fi
}

check_data() {
  if ! command -v python3 >/dev/null; then
    lacks "python3 with pip" "$(how_to_install 'python3 python3-pip' 'python3 python3-pip' python)"
  elif ! python3 -m pip --version >/dev/null 2>&1; then
    lacks "pip for $(command -v python3)" "$(how_to_install python3-pip python3-pip python)"
  fi
}

check_test() {
  have=
  # Java's version goes to standard error; 1.8 calls itself 1.8, later ones 11, 17, 21.
  command -v java >/dev/null && have=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  if [ "${have:-0}" -lt 17 ]; then
    lacks "java 17 or newer (here: ${have:-none})" \
      "$(how_to_install openjdk-17-jdk-headless java-21-openjdk-headless openjdk)"
  fi
  command -v keytool >/dev/null || lacks "keytool" \
    "$(how_to_install openjdk-17-jdk-headless java-21-openjdk-headless openjdk)"
  command -v mvn >/dev/null || lacks "mvn" "$(how_to_install maven maven maven)"
}

for what in "${@:-build}"; do
  case $what in
    build) check_build ;;
    data) check_data ;;
    test) check_test ;;
    *) echo "usage: $0 [build] [data] [test]" >&2; exit 2 ;;
  esac
done
exit "$missing"
