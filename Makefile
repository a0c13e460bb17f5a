# Everything runs in one virtual environment, made on first use. `PYTHON=python3.13 make test` makes
# and uses another one (.venv-python3.13), so that interpreters do not get in each other's way.

PYTHON ?= python3
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
# Python compiles what it imports, which is a small part of what is installed.
PIP := $(BIN)/python -m pip install -qq --no-compile
DEMO := results/demo
# More options of pytest, such as `make test PYTEST_ARGS=--cov`.
PYTEST_ARGS ?=
PYTEST := python -m pytest -n 2 --dist worksteal
# Tests start the package in programs of their own, which read compiled files where there are any.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test slow check quality oldest nightly format lint types imports docstrings doctests docs \
	examples benchmarks benchmarks-measured coverage explorer wheel clean

help:
	@echo "make demo    the bundled case, from tables to a report"
	@echo "make test    the tests, but for the slow ones"
	@echo "make check   all tests and everything else that CI checks"
	@echo "make explorer  the page of the explorer from its sources (needs node)"
	@echo "make benchmarks-measured  speed beside other packages, one table (at most 15 minutes)"
	@echo "make oldest  the tests with the oldest versions that setup.cfg allows"
	@echo "make nightly  the tests with what comes next of numpy, scipy, pandas, matplotlib and networkx"
	@echo "make wheel   source distribution and wheel, in dist/"
	@echo "make format  mend the format and what ruff can mend"
	@echo "make clean   remove the virtual environment and all that was made"

# Stamps: an installation is repeated only when what it depends on has changed.
$(BIN)/python:
	$(PYTHON) -m venv --upgrade-deps $(VENV)

$(VENV)/.installed: setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing netinnov into $(VENV)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.tools: setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing netinnov and the test tools into $(VENV)"
	@$(PIP) --editable ".[dev]"
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	@rm -rf $(DEMO)
	@mkdir -p $(dir $(DEMO))
	$(BIN)/netinnov run --out $(DEMO)

test: $(VENV)/.tools
	$(BIN)/$(PYTEST) -m "not slow" $(PYTEST_ARGS)

slow: $(VENV)/.tools
	$(BIN)/$(PYTEST) -m slow $(PYTEST_ARGS)

check: export REQUIRE_BROWSER := 1
check: quality coverage

# All checks but the tests; of the examples those that no test runs (test_pages.py, test_tutorials.py).
quality: EXAMPLES := explorer_figures tutorials
quality: benchmarks lint types imports docs examples doctests

lint: $(VENV)/.tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.tools
	$(BIN)/mypy

imports: $(VENV)/.tools
	$(BIN)/lint-imports

docstrings: $(VENV)/.tools
	$(BIN)/python -m pytest tests/test_docstrings.py

doctests: $(VENV)/.tools
	$(BIN)/$(PYTEST) --doctest-modules --doctest-glob="*.md" netinnov docs/quickstart.md docs/notebook.md docs/measures.md docs/experiments.md docs/planning.md docs/disagreements.md docs/faq.md docs/tutorials/*.md

docs: $(VENV)/.tools
	rm -rf docs/_build docs/api docs/gallery
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --jobs 2 docs docs/_build/html

# Examples write below the folder in which they run; what begins with _ is shared by them.
EXAMPLES := $(basename $(notdir $(wildcard examples/[!_]*.py)))
examples: $(VENV)/.tools
	@mkdir -p results/examples
	@for example in $(EXAMPLES); do \
		echo "$$example"; \
		(cd results/examples && $(CURDIR)/$(BIN)/python $(CURDIR)/examples/$$example.py) || exit 1; \
	done

benchmarks: $(VENV)/.tools
	$(BIN)/python -m pytest benchmarks --benchmark-disable

# With nothing else running: ratios beside other packages, each with the least that is promised. What is
# left out compares netinnov with itself.
benchmarks-measured: $(VENV)/.tools
	@$(PIP) --editable ".[bench]"
	$(BIN)/python -m pytest benchmarks -m ratio -q --benchmark-quiet \
		--ignore benchmarks/test_executors.py --ignore benchmarks/test_io.py --ignore benchmarks/test_study.py

coverage: $(VENV)/.tools
	$(BIN)/$(PYTEST) --cov --cov-report=term

# Code and style of the explorer's page, which are committed: users need no node.
explorer: node_modules/.package-lock.json
	npm run --silent build

node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

# In an environment of its own. Deprecation warnings raised inside old dependencies are ignored;
# typer and matplotlib raise them in programs that a test starts.
oldest:
	$(PYTHON) -m venv --clear .venv-oldest
	.venv-oldest/bin/python .ci/oldest.py setup.cfg > .venv-oldest/constraints.txt
	printf "click<8.5\npyparsing<3.3\n" >> .venv-oldest/constraints.txt
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check \
		--constraint .venv-oldest/constraints.txt --editable ".[dev]"
	.venv-oldest/bin/$(PYTEST) -m "not slow" -W ignore::DeprecationWarning $(PYTEST_ARGS)

# In an environment of its own. numpy is the newest that numba allows.
nightly:
	$(PYTHON) -m venv --clear .venv-nightly
	.venv-nightly/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	.venv-nightly/bin/python -m pip install --disable-pip-version-check --upgrade --pre --only-binary :all: \
		--extra-index-url https://pypi.anaconda.org/scientific-python-nightly-wheels/simple \
		matplotlib networkx numba numpy pandas scipy
	.venv-nightly/bin/$(PYTEST) -m "not slow" $(PYTEST_ARGS)

# By way of the source distribution: what is missing there is missing in the wheel.
wheel: $(VENV)/.tools
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

format: $(VENV)/.tools
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .venv-oldest .venv-nightly node_modules results build dist *.egg-info docs/_build docs/api docs/gallery .coverage* \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks
