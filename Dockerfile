# One image for all services: Airflow, the medsos package, and the Chromium that takes the screenshots.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
       chromium fonts-liberation fonts-noto-color-emoji tini \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /opt/medsos
ENV PATH=/opt/medsos/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    AIRFLOW_HOME=/opt/medsos/airflow \
    MEDSOS_HOME=/opt/medsos/state \
    MEDSOS_CHROMIUM=/usr/bin/chromium \
    HOME=/opt/medsos/home

COPY requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir uv \
    && .venv/bin/uv pip install --no-cache --python .venv/bin/python --require-hashes -r requirements.txt

COPY pyproject.toml README.md LICENSE .env.example ./
COPY include ./include
COPY dags ./dags
COPY plugins ./plugins
RUN .venv/bin/uv pip install --no-cache --python .venv/bin/python --no-deps --editable .

# Any user of group 0 may write here, so that MEDSOS_UID can be that of the intake folder's owner.
RUN mkdir -p airflow/logs state/masuk archive home \
    && chgrp -R 0 airflow state archive home \
    && chmod -R g=rwX airflow state archive home
USER 1000:0

ENTRYPOINT ["tini", "--"]
CMD ["medsos", "--help"]
