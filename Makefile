# `make` sets up and runs everything; `make test` proves it; `make help` lists the rest.
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
RUN := $(BIN)/parallelrun
STEMS := $(basename $(notdir $(wildcard notebooks/*.ipynb)))
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
MINUTES ?= 30
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)

# One thread a process: sums keep their order, and as many processes run as there are processors.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
# Compiled modules are kept: the tests start many processes, and compiling takes most of the time of an import.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: all
all: $(READY)  ## set up, check the data, run all notebooks that are out of date, write figures/
	@$(RUN) build

.PHONY: $(STEMS)
$(STEMS): $(READY)
	@$(RUN) build $@

.PHONY: test
test: $(READY)  ## lint, types, unit tests, every notebook cell by cell, and figures/ rebuilt byte by byte
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -n $(WORKERS)

.PHONY: accept
accept: $(READY)  ## after an intended change: show what differs, write the new outputs into the notebooks
	@$(RUN) accept
	@$(RUN) standards

.PHONY: validate
validate: $(READY)  ## check every table against its schema
	@$(RUN) validate

.PHONY: codebook
codebook: $(READY)  ## write data/README.md from data/datapackage.json
	@$(RUN) codebook
	@$(RUN) standards

.PHONY: scenario
scenario: $(READY)  ## run all notebooks with scenarios/$(S).yml into runs/: make scenario S=sceptic
	@$(RUN) run --scenario $(or $(S),$(error name a scenario: make scenario S=sceptic))

.PHONY: lab
lab: $(READY)  ## open JupyterLab on the seminar's start page, for this machine only
	@$(RUN) seminar start
	@$(BIN)/jupyter lab --ip=127.0.0.1 $(if $(filter 0,$(shell id -u)),--allow-root) \
		--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate \
		--LabApp.default_url=/lab/tree/build/seminar/start.ipynb

.PHONY: handouts
handouts: $(READY)  ## the seminar's notebooks, also with answers, and plans, in build/seminar/
	@$(RUN) seminar handouts

.PHONY: slides
slides: $(READY) seminar/node_modules  ## the seminar's slides, in build/seminar/slides/ (needs npm)
	@$(RUN) seminar slides

.PHONY: test-slides
test-slides: slides  ## no slide overflows, and none asks for anything outside (CHROMIUM=/path, if found)
	@if [ -n "$(CHROMIUM)" ]; then node seminar/measure.mjs build/seminar/slides $(CHROMIUM); \
		else echo "no Chromium here: the slides were not measured (install chromium, or name it: CHROMIUM=/path)"; fi

seminar/node_modules: seminar/package-lock.json
	@cd seminar && npm ci --silent --ignore-scripts
	@touch $@

.PHONY: bench
bench: $(READY)  ## time builds and sweeps beside papermill, ploomber-engine, nbclient and nbmake: docs/benchmarks.md
	@$(BIN)/python -m benchmarks.page

.PHONY: prove
prove: $(READY)  ## try to break what is promised: data, surroundings, versions, faults, input; build/prove/report.md
	@broken=0; \
	for part in "data --minutes $(MINUTES)" surroundings versions faults hostile; do $(BIN)/python -m prove.$$part || broken=1; done; \
	echo "build/prove/report.md"; exit $$broken

.PHONY: prove-data
prove-data: $(READY)  ## change the tables cell by cell and see what notices: make prove-data MINUTES=60
	@$(BIN)/python -m prove.data --minutes $(MINUTES)

.PHONY: standards
standards: $(READY)  ## write what describes the collection for archives and editors: codemeta.json, data/croissant.json ...
	@$(RUN) standards

# The standards' own validators ask for other versions of libraries that we pin, so they live in an environment of their own.
VALIDATORS := build/validators
.PHONY: test-standards
test-standards: standards  ## hold crate, Croissant and CITATION.cff to the standards' own validators, without a network
	@test -x $(VALIDATORS)/bin/python || $(PYTHON) -m venv $(VALIDATORS)
	@$(BIN)/uv pip install --quiet --python $(VALIDATORS)/bin/python --require-hashes -r tests/standards/validators.txt
	@$(RUN) crate
	@$(VALIDATORS)/bin/python tests/standards/validate_crate.py build/crate \
		$$($(BIN)/python -c 'import pathlib, rocrate; print(pathlib.Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld")')
	@$(VALIDATORS)/bin/mlcroissant validate --jsonld data/croissant.json
	@$(VALIDATORS)/bin/cffconvert --validate --infile CITATION.cff
	@$(BIN)/frictionless validate data/datapackage.json --json > /dev/null && echo "data/datapackage.json is valid"

.PHONY: auditor
auditor: $(READY) auditor/node_modules  ## the audit as a page for the browser, in build/auditor/ (needs npm)
	@$(BIN)/python auditor/build.py

.PHONY: test-auditor
test-auditor: auditor  ## the page gives the command's bytes (node), and a walk through it (CHROMIUM=/path, if found)
	@$(BIN)/pytest -q auditor
	@if [ -n "$(CHROMIUM)" ]; then node auditor/walk.mjs build/auditor $(CHROMIUM); \
		else echo "no Chromium here: the walk through the page was left out (install chromium, or name it: CHROMIUM=/path)"; fi

.PHONY: book
book: $(READY)  ## the book for readers, in build/book/ (with the auditor, if npm and its packages are there)
	@if command -v npm > /dev/null && $(MAKE) --no-print-directory auditor/node_modules; \
		then $(MAKE) --no-print-directory auditor; \
		else echo "no npm here, or no packages for it: the book is made without the auditor's page"; fi
	@$(BIN)/python book/build.py

.PHONY: test-book
test-book: book  ## links, words and downloads of the book, and a walk through every page (CHROMIUM=/path, if found)
	@$(BIN)/pytest -q book
	@if [ -n "$(CHROMIUM)" ] && [ -d auditor/node_modules ]; then node book/walk.mjs build/book $(CHROMIUM); \
		else echo "no Chromium or no npm here: the walk through the book was left out (install them, or CHROMIUM=/path)"; fi

auditor/node_modules: auditor/package-lock.json
	@cd auditor && npm ci --silent --ignore-scripts
	@touch $@

.PHONY: report
report: all  ## the report as build/report.pdf, or with a scenario: make report S=sceptic
	@$(BIN)/python report/build.py $(S)

.PHONY: lock
lock: $(READY)  ## compile requirements.txt anew from pyproject.toml
	@$(BIN)/uv pip compile pyproject.toml --extra dev --upgrade --universal --fork-strategy fewest --python-version 3.11 \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet --output-file requirements.txt

.PHONY: clean
clean:  ## remove what was built (not figures/) and the environment
	rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help:  ## show this list
	@echo "make TARGET, where TARGET is"
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F'\t' '{printf "  %-13s %s\n", $$1, $$2}'
	@printf "  %-13s %s\n" NOTEBOOK "build one notebook: $(STEMS)"

# The environment: uv (taken from the lock, with its hashes) installs exactly the lock, then this package.
$(READY): requirements.txt pyproject.toml
	@echo "Setting up .venv from requirements.txt"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: name it with 'make PYTHON=python3.11'" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/# via/p' requirements.txt > .venv/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r .venv/uv.txt
	@$(BIN)/uv pip sync --python $(BIN)/python --require-hashes requirements.txt
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-build-isolation --no-deps --editable .
	@touch $@
