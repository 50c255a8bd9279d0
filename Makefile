# Everything sets itself up: a virtual environment in .venv, pinned by requirements.lock.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# each worker and each command that a test starts would compile every module anew
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test coverage contract proofs check wheel lock clean

demo: $(READY)  ## the whole line, against an invented press on this machine
	$(BIN)/digest demo

test: $(READY)  ## the tests, on all processors
	$(BIN)/python -m pytest -n auto --dist worksteal

coverage: $(READY)  ## the same, with coverage and five times as many examples of each property
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --hypothesis-profile=full

contract: $(READY)  ## what opens a database, on a real PostgreSQL
	TEST_DATABASE=postgresql $(BIN)/python -m pytest -n auto --dist worksteal

proofs: $(READY)  ## the proofs that take long
	$(BIN)/python -m pytest -m slow -rs -n 2 --dist loadfile

check: $(READY)  ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.project.readability

wheel: $(READY)  ## what is published: dist/*.whl and the source archive
	$(BIN)/python -m build --no-isolation -o dist .

lock: $(READY)  ## pin what pyproject.toml asks for
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --upgrade -q -o requirements.lock

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "digest needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $(READY)

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
