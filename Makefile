# Everyday commands. `make run` and `make test` need nothing but Python 3.11 to 3.13 and a network
# that reaches the package registry.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
CONFIG ?=
# Children are many; without their compiled modules each of them would compile all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup setup-dev run test test-long lint format requirements wheel docs clean

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "povod needs Python 3.11, 3.12 or 3.13; none was found"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

run: setup
ifeq ($(CONFIG),)
	$(BIN)/povod demo
else
	$(BIN)/povod run --once --config "$(CONFIG)"
endif

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: setup-dev lint
	$(BIN)/pytest -m "not long" -n auto

test-long: setup-dev
	$(BIN)/pytest -m long --timeout 3600

format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Hash-pinned and free of any index address, so that they install from whichever index is configured.
requirements: setup-dev
	$(PIP) install uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --generate-hashes --quiet --extra postgresql --extra contacts \
		--extra build -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --no-header --no-annotate \
		--no-emit-index-url --generate-hashes --quiet --extra dev -o requirements-dev.txt

# The references of configuration and commands, from the schema and the commands themselves.
docs: setup-dev
	$(BIN)/python -m povod.docs docs

wheel: setup-dev
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
