# The portal in a few words. `make` alone lists them.
VENV ?= .venv
# One more than two cores: tests of the browser, of documents and of mails wait for other processes a lot.
WORKERS ?= 3
ARGS ?=
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo serve work test broad soak pages checker screenshots check lint types layers templates policy format migration translations lock clean

help: ## list these words
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(READY) ## build the environment in .venv (what the machine lacks is told with its package)

$(READY): requirements-build.txt requirements-dev.txt pyproject.toml .ci/environment.sh
	@.ci/environment.sh $(VENV)
	@touch $@

demo: $(READY) ## start the portal with sample data on http://127.0.0.1:8000 (ARGS="--port 8001")
	$(BIN)/portal demo $(ARGS)

serve: $(READY) ## start the portal as installed, with the settings of the environment
	$(BIN)/portal serve $(ARGS)

work: $(READY) ## run the sweep of deadlines and the outbox every minute
	$(BIN)/portal work $(ARGS)

test: $(READY) ## run the tests on SQLite and PostgreSQL (ARGS="tests/journeys -k dispute")
	$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

broad: $(READY) ## run the tests of every route, state or text, and all others on PostgreSQL
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "broad and not soak" $(ARGS)

soak: $(READY) ## run the tests that take many minutes
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m soak $(ARGS)

CHECKER := .ci/vnu/node_modules/vnu-jar/build/dist/vnu.jar

pages: $(READY) checker ## look at every page in every state in Chromium, and go every way by keyboard (ARGS="-k wizard")
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m pages $(ARGS)

checker: $(CHECKER) ## fetch the checker of markup that `make pages` asks (needs npm, and Java to run)

$(CHECKER): .ci/vnu/package-lock.json
	@.ci/checker.sh
	@if [ -e $@ ]; then touch $@; fi

screenshots: $(READY) ## write small pictures of the demo's pages into docs/screenshots
	$(BIN)/python -m tests.e2e.screenshots docs/screenshots

check: lint types layers templates policy test broad ## everything that must be green before a change is taken

lint: $(READY) ## style and likely mistakes
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## mypy, strict
	$(BIN)/mypy

layers: $(READY) ## imports run down only
	$(BIN)/lint-imports --no-cache

templates: $(READY) ## the templates' markup
	$(BIN)/djlint --lint --quiet templates

policy: $(READY) ## the rule files: names, types, examples
	$(BIN)/portal policy check rules
	$(BIN)/portal policy test rules

format: $(READY) ## bring the code into the one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migration: $(READY) ## write a migration of what the models have and it lacks (NAME="add notes")
	$(BIN)/python .ci/new_migration.py "$(NAME)"
	$(BIN)/ruff check --fix --quiet migrations
	$(BIN)/ruff format --quiet migrations

translations: $(READY) ## bring the translators' files up to date with the marked sentences
	$(BIN)/python .ci/translations.py

lock: ## write the locks again from pyproject.toml (needs uv on the path)
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	printf 'setuptools\nwheel\n' | $(LOCK) - -o requirements-build.txt

# Locks carry hashes and no addresses, so that any mirror of the package index serves them.
LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet

clean: ## remove the environment and what tools left; data/ stays
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
