# syntax=docker/dockerfile:1
# Built from the same pins as every other environment; nothing floats but the
# patch release of the base image, which PYTHON_IMAGE can pin by digest.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
WORKDIR /build
COPY constraints.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --quiet -c constraints.txt uv
COPY vendor vendor
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/venv/bin/uv pip install --quiet --python /opt/venv/bin/python \
    -c constraints.txt --build-constraints constraints.txt \
    ./vendor/qtos-core '.[parquet]' \
    && /opt/venv/bin/uv pip uninstall --quiet --python /opt/venv/bin/python uv pip

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="quant-orchestrator" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/venv/bin:$PATH \
    ORCHESTRATOR_SAMPLE_DATA=off \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/var/lib/orchestrator/numba \
    HOST=0.0.0.0 \
    PORT=8000 \
    ORCHESTRATOR_DATABASE_URL=sqlite:////var/lib/orchestrator/ledger.sqlite3
RUN groupadd --gid 10001 orchestrator \
    && useradd --uid 10001 --gid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin orchestrator \
    && install -d -o orchestrator -g orchestrator /var/lib/orchestrator
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY wsgi.py gunicorn.conf.py ./
COPY examples/data_service examples/data_service
USER 10001:10001
VOLUME /var/lib/orchestrator
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health/ready\", timeout=2)"]
CMD ["orchestrator", "serve"]
