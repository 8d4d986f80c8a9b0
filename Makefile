.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-long explore check fix size lock migrations migrate docs bench clean

PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_OK := $(VENV)/run-ok
DEV_OK := $(VENV)/dev-ok
WORKERS ?= 3

# Compiled files are kept, whatever the environment says: else each of the many processes of a run
# compiles every library and every test again.
test test-long explore: export PYTHONDONTWRITEBYTECODE =
test test-long explore: export PYTHONPYCACHEPREFIX = $(CURDIR)/var/compiled

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(RUN_OK): requirements.lock scripts/setup.sh
	PY="$(PY)" sh scripts/setup.sh requirements.lock
	@touch $@

$(DEV_OK): $(RUN_OK) requirements-dev.lock
	PY="$(PY)" sh scripts/setup.sh requirements-dev.lock
	@touch $@

setup: $(DEV_OK) ## build the environment, everything in it pinned and hashed

demo: $(RUN_OK) ## one real purchase through every room; artefacts in var/demo
	@./daogou demo

run: $(RUN_OK) ## open the shop for people on http://127.0.0.1:8000
	@./daogou up

test: $(DEV_OK) ## all tests, with real PostgreSQL, Redis and Chromium
	@p=$$(sh scripts/deps.sh) && export PATH="$${p:+$$p:}$$PATH" && \
		$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile && \
		TEST_SERVERS=machine $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile tests/core tests/trade/orders tests/trade/stock

test-long: $(DEV_OK) ## the long runs: many kills, many random stories
	@p=$$(sh scripts/deps.sh) && PATH="$${p:+$$p:}$$PATH" $(BIN)/python -m pytest -q -m long

explore: $(DEV_OK) ## the tests that invent their examples, with new ones each time
	@p=$$(sh scripts/deps.sh) && PATH="$${p:+$$p:}$$PATH" EXAMPLES=explore $(BIN)/python -m pytest -q -n $(WORKERS) -m hypothesis

check: $(DEV_OK) ## everything a reviewer should not have to say, but the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	sh scripts/lock_names_no_host.sh

fix: $(DEV_OK) ## format and repair what a tool can repair
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

size: $(DEV_OK) ## how long files and functions are, against the limits
	@$(BIN)/python scripts/size.py

bench: $(RUN_OK) ## measure purchases on this machine
	@./daogou bench purchase

migrations: $(DEV_OK) ## write what the models changed; read every file before it is committed
	$(BIN)/tortoise makemigrations

migrate: $(RUN_OK) ## bring the database up to date: DATABASE_URL, or the embedded one
	./daogou migrate

docs: $(DEV_OK) ## write the generated reference pages
	$(BIN)/python scripts/reference.py

lock: ## resolve requirements.in and requirements-dev.in again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links requirements-dev.in -c requirements.lock -o requirements-dev.lock

clean: ## forget the environment and the embedded shop's data
	rm -rf $(VENV) var
