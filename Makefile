# Each target first installs what it needs into .venv, exactly as requirements.lock says.
# A newcomer needs two: `make refresh` and `make test`.

PYTHON ?= python3
WORKSPACE ?= data/demo
BIN := .venv/bin
INSTALLED := .venv/installed
UV = $(shell uv --version >/dev/null 2>&1 && command -v uv || echo $(BIN)/uv)

export UV_PYTHON_DOWNLOADS := never
export GX_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1

.PHONY: help refresh test check lint types imports sql requirements ui bench soak fuzz lock clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

refresh: $(INSTALLED) | data/demo/inbox  ## run the nightly job on the demo workspace
	$(BIN)/tierwise refresh --workspace data/demo

# Every finding is shown, pytest's own closing line comes last, and any failure is passed on. Files
# run in their order: by default those of few tests, which are whole nights, would all come last.
test: $(INSTALLED)  ## check style, types, imports and SQL, then run the tests
	@status=0; $(MAKE) --no-print-directory --keep-going check || status=$$?; \
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder || status=$$?; exit $$status

check: lint types imports sql

lint: $(INSTALLED)
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

types: $(INSTALLED)
	$(BIN)/mypy

imports: $(INSTALLED)
	$(BIN)/lint-imports

sql: $(INSTALLED)
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project

requirements: $(INSTALLED)  ## count the requirements that tests check, by capability
	@$(BIN)/python -m tests.requirement_marks

ui: $(INSTALLED)  ## serve Dagster's pages for WORKSPACE, to this machine only
	mkdir -p $(WORKSPACE)/dagster
	cp orchestration/dagster.yaml $(WORKSPACE)/dagster/dagster.yaml
	DAGSTER_HOME=$(abspath $(WORKSPACE))/dagster TIERWISE_WORKSPACE=$(abspath $(WORKSPACE)) \
		$(BIN)/dagster dev --host 127.0.0.1

bench: $(INSTALLED)  ## measure a night
	$(BIN)/python -m benchmarks.bench

soak: $(INSTALLED)  ## run many nights in a row, with faults, and months afterwards
	$(BIN)/python -m benchmarks.soak
	$(BIN)/python -m benchmarks.backfill

fuzz: $(INSTALLED)  ## read 10,000 mutated files
	$(BIN)/python -m benchmarks.fuzz

lock: $(INSTALLED)  ## renew requirements.lock from pyproject.toml
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --upgrade --universal \
		--fork-strategy fewest --generate-hashes --no-emit-index-url \
		--group dev --output-file requirements.lock pyproject.toml

clean:  ## remove caches and all that nights have left in the demo workspace
	for folder in archive releases; do \
		test ! -d data/demo/$$folder || chmod -R u+w data/demo/$$folder; done
	cd data/demo && rm -rf inbox archive ledger build releases truth dagster \
		CURRENT lease.json notices.jsonl publications.jsonl build.before
	rm -rf dbt_project/target dbt_project/logs logs
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("tierwise needs Python 3.11 or newer; say which one with \
	make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	if uv --version >/dev/null 2>&1; then uv venv --quiet --allow-existing --python $(PYTHON) .venv; \
	else $(PYTHON) -m venv .venv && \
		$(BIN)/python -m pip install --quiet "$$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements.lock)"; fi

# Compiled once here: where Python may write no bytecode, each start would cost seconds more.
$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes --no-build requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

data/demo/inbox: | $(INSTALLED)
	$(BIN)/python -m data.generator --workspace data/demo
