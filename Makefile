.DEFAULT_GOAL := help
.PHONY: help check fix test migrations migrate

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

fix: ## format and repair what a tool can repair
	ruff format && ruff check --fix

check: ## everything a reviewer should not have to say
	ruff format --check && ruff check && lint-imports && mypy && pytest -q

test: ## the suite on all cores, each with its own PostgreSQL
	pytest -q -n auto

migrations: ## write what the models changed; read every file before it is committed
	tortoise makemigrations

migrate: ## bring the database up to date: DATABASE_URL, or the embedded one
	python -m app migrate
