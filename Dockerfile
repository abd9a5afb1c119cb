# syntax=docker/dockerfile:1

ARG DEBIAN=bookworm

FROM rust:1.95-slim-${DEBIAN} AS build

# C and C++ for librdkafka and zstd; the system's OpenSSL; pip for the packages of the data. Versions are
# not pinned: Debian's mirrors keep only the latest of a release.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends g++ libssl-dev make pkg-config python3 python3-pip \
 && rm -rf /var/lib/apt/lists/*

ENV OPENSSL_NO_VENDOR=1
WORKDIR /dateline

# The dependencies are a layer of their own, built around empty sources: it is made anew only when
# Cargo.toml or Cargo.lock change. Tests and benches that Cargo.toml names must exist, so they are empty too.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src tests/it benches \
 && sed -n '/^\[\[bench\]\]/{n;s|^name = "\(.*\)"|benches/\1.rs|p}' Cargo.toml > stubs \
 && xargs touch src/lib.rs tests/it/main.rs < stubs \
 && echo 'fn main() {}' > src/main.rs \
 && cargo build --release --locked

COPY config config
COPY examples examples
COPY models models
COPY schema schema
COPY src src
# COPY keeps the files' own dates; newer ones tell cargo that the empty sources are gone.
RUN find src -name '*.rs' -exec touch {} + \
 && cargo build --release --locked --bin dateline \
 && strip --strip-debug -o /usr/local/bin/dateline target/release/dateline

# The packages are pinned by version and SHA-256 in config/data.lock.toml, and not needed once built.
RUN DATELINE_DATA=/var/lib/dateline dateline data build \
 && rm -rf /var/lib/dateline/sources

FROM debian:${DEBIAN}-slim

LABEL org.opencontainers.image.title="dateline" \
      org.opencontainers.image.description="Who, where and how many were hurt in news: Kafka in, Kafka out, exactly once" \
      org.opencontainers.image.licenses="MIT AND CC-BY-4.0"

# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates libssl3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin dateline

# Asks /readyz and ends with 0 where it says 200. The image has bash and no curl.
COPY --chmod=755 <<'READY' /usr/local/bin/dateline-ready
#!/bin/bash
exec 3<>"/dev/tcp/127.0.0.1/${DATELINE_TELEMETRY__LISTEN##*:}" || exit 1
printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
answer=$(cat <&3)
echo "${answer##*$'\n\r\n'}"
[[ $answer == HTTP/1.?' 200 '* ]]
READY

COPY LICENSE /usr/share/doc/dateline/LICENSE
COPY --from=build /var/lib/dateline /var/lib/dateline
COPY --from=build /usr/local/bin/dateline /usr/local/bin/dateline

ENV DATELINE_DATA=/var/lib/dateline \
    DATELINE_TELEMETRY__LISTEN=:9464
EXPOSE 9464
# By number, so that an orchestrator can tell that it is not root.
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["dateline-ready"]
ENTRYPOINT ["dateline"]
CMD ["run"]
