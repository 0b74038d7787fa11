# Every target sets up what it needs in .venv, once: Python 3.11 or later and make are enough.
# `make demo` plays the whole story, `make test` runs everything that CI runs.

PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python; do \
	$$name -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
READY := .venv/ready
EVIDENTLY := .venv/evidently

# Python keeps what it has compiled: every later start is seconds faster.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test evidently lint format types imports docs serve lock clean

setup: $(READY)

$(READY): locks/all.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Keepfit needs Python 3.11, 3.12 or 3.13 on the PATH"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/installer.txt
	$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python locks/all.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)
	$(BIN)/keepfit demo credit-status

test: $(READY) lint types imports evidently
	KEEPFIT_EVIDENTLY_PYTHON="$(CURDIR)/$(EVIDENTLY)/bin/python" $(BIN)/python -m pytest -n 2 --dist loadfile

# Evidently needs an older pandas than the rest has: it has an environment of its own, which its tests are told of.
evidently: $(EVIDENTLY)/ready

$(EVIDENTLY)/ready: $(READY) locks/evidently.txt
	$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(EVIDENTLY)
	$(BIN)/uv pip sync --quiet --require-hashes --python $(EVIDENTLY)/bin/python locks/evidently.txt
	@touch $@

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

docs: $(READY)
	$(BIN)/python -c "from keepfit.project.reference import reference_markdown as text; print(text(), end='')" > docs/project-file.md
	$(BIN)/python -c "from keepfit.project.reference import schema_text as text; print(text(), end='')" > docs/keepfit.schema.json

serve: $(READY)
	$(BIN)/keepfit serve --project demo/credit-status

# The locks: names, versions and hashes, no addresses. What an image holds is a part of the one that everything is tested with.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
BUILD_NEEDS := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")

# Evidently's own begins as a copy of the one of everything: what both need has one version, where it can.
lock: $(READY)
	$(COMPILE) --extra train --extra dev pyproject.toml -o locks/all.txt
	cp locks/all.txt locks/evidently.txt
	$(COMPILE) --extra evidently pyproject.toml -o locks/evidently.txt
	$(COMPILE) --constraints locks/all.txt --extra postgres pyproject.toml -o locks/serve.txt
	$(COMPILE) --constraints locks/all.txt --extra train --extra postgres --extra stack pyproject.toml -o locks/train.txt
	$(BIN)/python -c '$(BUILD_NEEDS)' | $(COMPILE) --constraints locks/all.txt - -o locks/build.txt
	echo uv | $(COMPILE) - -o locks/installer.txt

clean:
	rm -rf .venv demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist
