# Cadastre in one image: the program, and PostgreSQL's server and client, so that it starts without DATABASE_URL.
#   docker build -t cadastre .
#   docker run -p 127.0.0.1:8600:8600 -v cadastre:/var/lib/cadastre -e CADASTRE_INSECURE_HTTP=true cadastre
# That is for a look on one machine. Behind a proxy with TLS say instead CADASTRE_PUBLIC_URL and CADASTRE_TRUSTED_PROXIES:
# bare http off loopback is refused, and only who starts the container knows where its port leads.
# The commands of the RUN lines below are run by tests/dockerfile.sh as they stand.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p cadastre

FROM debian:bookworm-slim
# Debian would make a cluster of its own: ours is in the volume, made at the first start.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl postgresql-common \
    && sed -i '/create_main_cluster/d' /etc/postgresql-common/createcluster.conf \
    && echo 'create_main_cluster = false' >> /etc/postgresql-common/createcluster.conf \
    && apt-get install -y --no-install-recommends postgresql postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/cadastre --shell /usr/sbin/nologin cadastre \
    && install -d -o cadastre -g cadastre -m 0700 /var/lib/cadastre
COPY --from=build /src/target/release/cadastre /usr/local/bin/cadastre

USER cadastre
ENV CADASTRE_DATA_DIR=/var/lib/cadastre \
    CADASTRE_LISTEN=0.0.0.0:8600 \
    CADASTRE_LOG_FORMAT=json
VOLUME /var/lib/cadastre
EXPOSE 8600
# The first start makes a cluster and migrates; PostgreSQL is given time to stop.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD curl --fail --silent --output /dev/null http://127.0.0.1:8600/readyz
STOPSIGNAL SIGTERM
CMD ["cadastre", "serve"]
