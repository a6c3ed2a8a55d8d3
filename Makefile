# Every command of the project. `make` alone lists them.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo test check bench test-engines browser lock metrics-docs clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# A stamp per lock: the environment is made anew only when the lock changes.
$(VENV)/.base: requirements/base.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

demo: $(VENV)/.base ## build the demo company and open the product on http://127.0.0.1:8000
	$(BIN)/smarketing demo

test: $(VENV)/.dev browser ## run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

browser: ## find or install Chromium for the browser tests
	@sh tests/e2e/find-chromium.sh

check: $(VENV)/.dev ## ruff, mypy --strict, import-linter, generated documents
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 0 tests/architecture tests/docs

bench: $(VENV)/.base ## measure speed as ratios; LEADS="1000000 10000000" for more
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	$(BIN)/smarketing bench $(foreach n,$(LEADS),--leads $(n))

test-engines: $(VENV)/.dev ## the same figures on Spark and ClickHouse
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/engines.txt
	$(BIN)/python -m pytest -n 0 -m engines -rs tests/lake

metrics-docs: $(VENV)/.base ## write docs/metrics from the catalogue
	$(BIN)/python -m smarketing.metrics.docs docs/metrics

lock: ## resolve requirements/*.in anew (needs uv)
	for name in base dev engines bench; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    requirements/$$name.in -o requirements/$$name.txt; done

clean: ## remove what the commands made
	rm -rf $(VENV) demo build .mypy_cache .ruff_cache .import_linter_cache
