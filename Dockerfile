# One image, one binary. The base images are arguments, so that a mirror or a digest
# (rust@sha256:...) can take their place without an edit.
ARG RUST_IMAGE=rust:1.95-slim-bookworm
ARG DEBIAN_IMAGE=debian:bookworm-slim

FROM ${RUST_IMAGE} AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked --config 'profile.release.strip="debuginfo"'

# Certificates of public authorities are in the binary; a private one is mounted and named by
# `sslrootcert` in the database's URL.
FROM ${DEBIAN_IMAGE}
RUN useradd --uid 10001 --home-dir /var/lib/driftsweep --shell /usr/sbin/nologin driftsweep \
    && install --directory --owner=driftsweep --group=driftsweep /var/lib/driftsweep
COPY --from=build /source/target/release/driftsweep /usr/local/bin/driftsweep
USER 10001:10001
# Finished results wait here when the database can't be reached: mount a volume that lasts.
WORKDIR /var/lib/driftsweep
ENV DRIFTSWEEP_SPOOL=/var/lib/driftsweep/spool
ENTRYPOINT ["driftsweep"]
CMD ["--help"]
