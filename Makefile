# Every command of the project; `make help` lists them. Two are the whole start: `make run`, `make test`.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
export NODE_USE_SYSTEM_CA := 1
# The tests start hundreds of processes; with nothing compiled each takes three times as long.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run dev phone login test lint fix bench bundle vendor mutants chaos lock system python-types python-rules script-rules

help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name words; \
	do printf '  make %-9s %s\n' "$$name" "$$words"; done

run: .venv/runtime.stamp ## Start the demo; PORT, HOST and DATA_DIR are honoured
	@exec $(BIN)/python -m flask --app app serve --demo

dev: .venv/dev.stamp ## Start the demo for work on the code: reloads, caches nothing
	@DEBUG=on exec $(BIN)/python -m flask --app app dev

phone: .venv/runtime.stamp ## Start the demo over HTTPS on the local network, for a real phone
	@exec $(BIN)/python -m flask --app app phone

login: .venv/runtime.stamp ## Print a new one-time login link to the demo's desk
	@$(BIN)/python -m flask --app app facilitator link demo@trygga-steg.example

test: lint system ## Everything CI runs: linters, types, JavaScript, Python on both databases, browsers
	npm run --silent test
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: .venv/dev.stamp node_modules/.package-lock.json ## Linters, formats, types and import rules
	@$(MAKE) --no-print-directory --jobs --output-sync python-types python-rules script-rules

python-types:
	$(BIN)/mypy

python-rules:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

script-rules:
	npm run --silent types
	npm run --silent lint

fix: .venv/dev.stamp node_modules/.package-lock.json ## Format, and mend what the linters can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	npm run --silent fix
	$(BIN)/python -m tools.bundle

bundle: .venv/dev.stamp node_modules/.package-lock.json ## Write what the phone is sent, minified, from its sources
	$(BIN)/python -m tools.bundle

bench: .venv/dev.stamp node_modules/.package-lock.json system ## Measure against the floor; see docs/BENCHMARKS.md
	$(BIN)/python -m bench

mutants: .venv/dev.stamp node_modules/.package-lock.json system ## Seed each known defect and see its test fail
	$(BIN)/python -m tools.mutants

chaos: .venv/dev.stamp node_modules/.package-lock.json system ## Break everything by SEEDS=n (or SEED=k) and see that nothing is lost
	$(BIN)/python -m tests.chaos

vendor: .venv/dev.stamp node_modules/.package-lock.json ## Copy the browser libraries from npm, with their hashes
	$(BIN)/python tools/vendor.py

lock: .venv/dev.stamp ## Pin the newest allowed Python packages, with their hashes
	@sh tools/lock.sh

.venv/runtime.stamp: requirements.txt tools/setup.sh
	@PYTHON=$(PYTHON) sh tools/setup.sh python requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt tools/setup.sh
	@PYTHON=$(PYTHON) sh tools/setup.sh python requirements-dev.txt
	@sh tools/setup.sh node
	@touch $@ .venv/runtime.stamp

node_modules/.package-lock.json: package-lock.json .venv/dev.stamp
	@npm ci --silent --ignore-scripts
	@touch $@

system:
	@sh tools/setup.sh system
