# What one does with a checkout. `make` alone tells.
#
# Everything is installed into .venv from locks with hashes. The first time packages come from wherever pip on this
# machine is told to look; they are kept in the user's caches, and a stamp in .venv makes every later run need no network.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
ZONE ?= zone
ARGUMENTS ?=
SEED ?= $(shell date +%s)
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/footwall
VENV := .venv
BENCH := .venv-bench
OPENFISCA := .venv-bench-openfisca
TARGETS_OF_STYLE := src tests requirements docs $(wildcard bench)

# uv reads no pip settings, so it is told them. Hashes say what a package is, so any index may offer it.
SETTINGS = eval "$$($(1)/bin/python requirements/pip_settings.py)"; export UV_INDEX_STRATEGY=unsafe-best-match UV_PYTHON_DOWNLOADS=never
UV = $(call SETTINGS,$(1)); $(1)/bin/uv
# From the cache if everything is there, else from the network.
INSTALL = $(call UV,$(1)) pip install --quiet --python $(1)/bin/python --require-hashes --offline -r $(2) 2>/dev/null || \
	{ echo "Fetching the packages of $(2) …"; $(call UV,$(1)) pip install --quiet --python $(1)/bin/python --require-hashes -r $(2); }

.PHONY: help run test check prove mutants bench lock picture examples clean

help:  ## this list
	@echo "Footwall. What one can make:"
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10 | sed 's/^/  make /'

run: $(VENV)/.base  ## an example zone in the folder zone: walked, assessed, shown
	@[ -e $(ZONE)/zone.toml ] || $(VENV)/bin/footwall init $(ZONE)
	@$(VENV)/bin/footwall run $(ZONE)

test: $(VENV)/.dev  ## all tests, properties at a fraction of their counts
	@PYTHONDONTWRITEBYTECODE= $(VENV)/bin/python -m pytest -n 2 --dist worksteal -m "not cluster" --hypothesis-profile=quick --durations=5

check: $(VENV)/.dev  ## format, lint, types, layers, house rules: all of them, then the verdict
	@failed=; try() { local what=$$1; shift; echo "== $$what"; "$$@" || failed+=" $$what"; }; bin=$(VENV)/bin; \
	try format $$bin/ruff format --check --quiet $(TARGETS_OF_STYLE); \
	try lint $$bin/ruff check --quiet $(TARGETS_OF_STYLE); \
	try types $$bin/mypy; \
	try layers $$bin/lint-imports; \
	try house $$bin/python -m pytest tests/house; \
	if [ -n "$$failed" ]; then echo "Not clean:$$failed. Formatting is mended by: $$bin/ruff format $(TARGETS_OF_STYLE)"; exit 1; fi

prove: $(VENV)/.dev $(VENV)/.spark  ## every property at its full count, branch coverage; SEED=… repeats a run
	@echo "Seed $(SEED). Repeat this run with: make prove SEED=$(SEED)"
	@$(VENV)/bin/python -m pytest -n 2 --hypothesis-profile=full --hypothesis-seed=$(SEED) --cov --cov-branch --cov-report=term:skip-covered --durations=10

mutants: $(VENV)/.dev  ## what share of small faults put into the rooms of law the tests notice
	@$(VENV)/bin/python bench/mutants.py $(ARGUMENTS)

bench: $(BENCH)/.bench $(OPENFISCA)/.bench  ## the assessment beside its peers, in one run
	@$(BENCH)/bin/python bench/assess.py --openfisca $(OPENFISCA)/bin/python $(ARGUMENTS)
	@for program in manipulation prices; do $(BENCH)/bin/python bench/$$program.py $(ARGUMENTS); done

lock: $(VENV)/bin/uv  ## the locks anew from pyproject.toml and requirements/*.in
	@$(call LOCK,requirements/uv.in,uv)
	@$(call LOCK,pyproject.toml --extra build,base)
	@$(call LOCK,pyproject.toml --extra dev --extra build,dev)
	@$(call LOCK,pyproject.toml --extra spark --extra build,spark)
	@$(call LOCK,pyproject.toml requirements/bench.in --extra build,bench)
	@$(call LOCK,requirements/bench-openfisca.in,bench-openfisca)

picture: $(VENV)/.base  ## the pictures of the documents, from the zone in the folder zone
	@$(VENV)/bin/python docs/pictures.py $(ZONE)
	@$(VENV)/bin/python docs/thin_markets_picture.py

examples: $(VENV)/.dev  ## what the documents print, anew, from the zone in the folder zone
	@$(VENV)/bin/python tests/docs/doc_support.py $(ZONE)

clean:  ## remove what was made here: environments, caches, the example zone
	rm -rf $(VENV) $(BENCH) $(OPENFISCA) $(ZONE) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Locks name no host. Only the main index is asked, because a lock needs the hashes of every platform's file.
LOCK = $(call SETTINGS,$(VENV)); UV_INDEX= UV_FIND_LINKS= UV_CUSTOM_COMPILE_COMMAND="make lock" \
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url $(1) -o requirements/$(2).lock

$(VENV)/bin/python $(BENCH)/bin/python $(OPENFISCA)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Footwall needs Python 3.11 or newer; name one: make PYTHON=python3.12 …"; exit 1; }
	@echo "Making an environment in $(patsubst %/bin,%,$(@D)) …"
	@$(PYTHON) -m venv $(@D)/..

# uv itself: kept as a file, so that it can be installed again without a network.
%/bin/uv: requirements/uv.lock | %/bin/python
	@mkdir -p $(CACHE)/uv
	@$*/bin/python -m pip install -qq --disable-pip-version-check --no-index --find-links $(CACHE)/uv --require-hashes -r $< 2>/dev/null || \
		{ $*/bin/python -m pip download -qq --disable-pip-version-check --no-deps --require-hashes -d $(CACHE)/uv -r $< && \
		$*/bin/python -m pip install -qq --disable-pip-version-check --no-index --find-links $(CACHE)/uv --require-hashes -r $<; }
	@touch $@

$(VENV)/.base: requirements/base.lock pyproject.toml $(VENV)/bin/uv
	@echo "Installing into $(VENV) …"
	@$(call INSTALL,$(VENV),requirements/base.lock)
	@$(call FOOTWALL,$(VENV))
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml $(VENV)/bin/uv
	@echo "Installing into $(VENV) what tests need …"
	@$(call INSTALL,$(VENV),requirements/dev.lock)
	@$(call FOOTWALL,$(VENV))
	@touch $(VENV)/.base $@

$(VENV)/.spark: requirements/spark.lock $(VENV)/.dev
	@$(call INSTALL,$(VENV),requirements/spark.lock)
	@touch $@

$(BENCH)/.bench: requirements/bench.lock pyproject.toml $(BENCH)/bin/uv
	@$(call INSTALL,$(BENCH),requirements/bench.lock)
	@$(call FOOTWALL,$(BENCH))
	@touch $@

$(OPENFISCA)/.bench: requirements/bench-openfisca.lock $(OPENFISCA)/bin/uv
	@$(call INSTALL,$(OPENFISCA),requirements/bench-openfisca.lock)
	@touch $@

FOOTWALL = $(call UV,$(1)) pip install --quiet --python $(1)/bin/python --offline --no-deps --no-build-isolation -e .
