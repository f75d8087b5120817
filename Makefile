# Commands for people. Needed beforehand: Python 3.11, make and git.

SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.terpasang
PYTEST_ARGS ?=

.PHONY: help run test check demo designs guide faults bench docs lock clean chromium

help:  ## Tampilkan daftar perintah ini
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: $(STAMP) chromium  ## Jalankan semuanya di komputer ini; berhenti dengan Ctrl-C
	@exec $(BIN)/medsos up --with-parent

test: $(STAMP) chromium  ## Jalankan semua uji; sebagian: make test PYTEST_ARGS="-k nama"
	@$(BIN)/pytest --numprocesses=logical --maxprocesses=4 $(PYTEST_ARGS)

check: $(STAMP)  ## Periksa gaya, tipe, lantai rumah, dan dokumentasi
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p medsos
	$(BIN)/lint-imports
	$(BIN)/medsos docs --check

demo: $(STAMP) chromium  ## Jalankan satu siklus per jenis konten tanpa orang
	@exec $(BIN)/medsos demo

designs: $(STAMP)  ## Gambar lembar ketiga puluh desain: docs/images/designs.png
	@$(BIN)/medsos designs

guide: $(STAMP) chromium  ## Perbarui gambar panduan dari satu siklus di peramban
	@exec $(BIN)/medsos guide

faults: $(STAMP)  ## Hentikan pengunggahan di setiap titik, dengan setiap gangguan: docs/reliability.md
	@$(BIN)/medsos faults

bench: $(STAMP)  ## Ukur berkas alur, evaluasi 100.000 siklus (docs/benchmarks.md), dan jawaban formulir
	@$(BIN)/medsos bench

docs: $(STAMP)  ## Buat ulang dokumentasi dari kode
	@$(BIN)/medsos docs

lock: $(STAMP)  ## Susun ulang requirements*.txt dari pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --python-version 3.11 -c requirements.txt \
	  --generate-hashes --no-annotate --no-header --no-emit-index-url -q -o requirements-dev.txt

clean:  ## Hapus lingkungan Python dan tembolok; data di .state tetap ada
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

chromium: $(STAMP)
	@$(BIN)/python -m medsos.stack.chromium --install

# One environment for running and for developing: requirements-dev.txt holds requirements.txt, same versions.
$(STAMP): requirements.txt requirements-dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { \
	  echo "Python 3.11 tidak ditemukan. Pasang dahulu, misalnya: sudo apt-get install python3.11 python3.11-venv"; \
	  echo "Bila Python 3.11 ada dengan nama lain: make $(MAKECMDGOALS) PYTHON=/jalur/ke/python3.11"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Modul venv belum lengkap. Ketik: sudo apt-get install python3.11-venv"; exit 2; }
	@test -x $(BIN)/uv || { if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python uv; \
	  else $(BIN)/python -m pip install --quiet --disable-pip-version-check uv; fi; }
	@echo "Memasang pustaka (sekali saja) …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@
