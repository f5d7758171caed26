# make install:    into .venv
# make quickstart: install, run the main job on the embedded faces, say where the report lies
# make test:       install, lint, types, tests (TEST_FLAGS="--real-data=DIR" adds the tests on real data)
# make docs:       build the site into docs/_build, a warning is an error

PYTHON ?= python3.11
VENV   ?= .venv
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Where there is a GPU and the Python at hand has a torch of its own, that torch is used.
OWN_TORCH := $(shell command -v nvidia-smi >/dev/null 2>&1 && $(PYTHON) -c 'import torch' 2>/dev/null && echo yes)

.PHONY: install quickstart test lint types docs clean

install: $(VENV)/installed

quickstart: $(VENV)/installed
	$(BIN)/causaldsl quickstart --out runs/quickstart

test: $(VENV)/installed-dev lint types
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 $(TEST_FLAGS)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(VENV)/installed-dev
	$(BIN)/mypy

docs: $(VENV)/installed-dev
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(if $(OWN_TORCH),--system-site-packages) $(VENV)

$(VENV)/constraints.txt: constraints.txt | $(VENV)/bin/python
	$(if $(OWN_TORCH),grep -v '^torch==' constraints.txt > $@,cp constraints.txt $@)

$(VENV)/installed: pyproject.toml $(VENV)/constraints.txt
	$(BIN)/pip install --quiet --constraint $(VENV)/constraints.txt --editable .
	touch $@

$(VENV)/installed-dev: pyproject.toml $(VENV)/constraints.txt
	$(BIN)/pip install --quiet --constraint $(VENV)/constraints.txt --editable '.[dev]'
	$(BIN)/pip install --quiet --constraint $(VENV)/constraints.txt --no-deps pgmpy  # for its example networks; never imported
	touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) build dist
