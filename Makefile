# Two commands: `make run` starts the portal, `make test` runs every test. Each sets up what it needs, once.
# The rest: make help.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Building the environment needs any Python 3.11+; PYTHON=... names one.
ENVIRONMENT = python=$$(tools/python.sh) && "$$python" tools/environment.py
PY := .venv/bin/python
FLASK := $(PY) -m flask --app wsgi

.PHONY: help run test check lint format serve worker bench coverage assets messages lock clean

help: ## what can be done here
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

run: ## start the portal on HOST:PORT (default 127.0.0.1:8000), with demonstration data on the first start
	@$(ENVIRONMENT) runtime
	@exec $(PY) tools/run.py

test: ## run every test: SQLite, PostgreSQL, real browser (ARGS="-k word" picks some)
	@$(ENVIRONMENT) dev
	@$(PY) tools/test.py $(ARGS)

check: lint test ## format, lint, types, import contracts, templates, catalogues, security; then every test

lint: ## the checks of `make check` without the tests (ARGS="lint types" picks some)
	@$(ENVIRONMENT) dev
	@$(PY) tools/check.py $(ARGS)

format: ## write the code in the one format, mend what can be mended
	@$(ENVIRONMENT) dev
	@.venv/bin/ruff format --quiet . && .venv/bin/ruff check --fix --quiet .

serve: export TAAWUN_ENV ?= production
serve: ## the production server; settings come from the environment (docs/operating.md)
	@$(ENVIRONMENT) runtime
	@$(FLASK) setup
	@$(PY) -m whitenoise.compress --quiet app/static
	@exec $(PY) -m gunicorn --config gunicorn.conf.py wsgi:application

worker: export TAAWUN_ENV ?= production
worker: ## the background work that belongs to `make serve`: mail, reminders, lapses
	@$(ENVIRONMENT) runtime
	@exec $(FLASK) worker

bench: ## measure the pages
	@$(ENVIRONMENT) dev
	@$(PY) -m tests.bench $(ARGS)

coverage: ## which lines and branches the tests on SQLite reach
	@$(ENVIRONMENT) dev
	@$(PY) tools/catalogues.py --compile
	@TEST_DATABASE=sqlite $(PY) -m pytest -q -n 2 -m "not browser" --cov --cov-report=term-missing:skip-covered $(ARGS)

assets: ## fetch the vendored styles, fonts, icons and scripts at their pinned versions (needs Node)
	@npm ci --ignore-scripts --silent --no-audit --no-fund
	@node tools/assets.mjs

messages: ## extract the texts and update the catalogues in app/translations
	@$(ENVIRONMENT) dev
	@$(PY) tools/catalogues.py

lock: ## pin the newest versions that requirements*.in allow, with hashes
	@$(ENVIRONMENT) dev
	@tools/lock.sh

clean: ## remove what these commands made; instance/, with all data, stays
	@rm -rf .venv node_modules test-results htmlcov .coverage .coverage.* .hypothesis
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@find app tests tools migrations -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	@find app -name '*.mo' -delete
	@find app/static \( -name '*.gz' -o -name '*.br' \) -delete
