# Kalends. `make demo` runs it with sample data, `make test` runs the tests, `make help` lists all targets.
#
# Python 3.11 or newer and make must be installed. Everything else is installed into .venv, and one reader of calendar
# files for the tests into tests/ical_js/node_modules.

SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3 python python3.14; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install --require-hashes

# ical.js, which reads in tests what Kalends writes. Without npm those tests are skipped.
READER := $(if $(shell command -v npm),tests/ical_js/node_modules/.package-lock.json)

# Two tests at a time unless TEST_PROCESSES says otherwise; `make test TESTS="tests/sandbox -k demo"` runs a part.
TEST_PROCESSES ?= 2
TESTS ?=
PYTEST := $(BIN)/python -m pytest -q -rfER --numprocesses=$(TEST_PROCESSES) --dist=loadscope --max-worker-restart=2

COMPILE := ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --generate-hashes

.PHONY: help demo test test-fast test-dates test-postgresql lint format types contracts migrations requirements messages translations screens bench bench-first-sync bench-fleet bench-freshness bench-clients bench-memory wheel soak image run worker environment clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name words; do printf '%-16s %s\n' "$$name" "$$words"; done

demo: $(VENV)/demo.stamp ## Run everything on this machine with sample data; RESET=1 starts again from the beginning
	@exec $(BIN)/python manage.py demo $(if $(RESET),--reset)

test: $(VENV)/dev.stamp $(READER) ## Run all tests on SQLite
	@exec $(PYTEST) $(TESTS)

test-fast: $(VENV)/dev.stamp ## Run the tests that need neither a database nor a server: seconds
	@exec $(PYTEST) -m fast $(TESTS)

test-dates: $(VENV)/dev.stamp ## Run what depends on today on many days (SQLite; needs Debian's faketime)
	@exec env -u DATABASE_URL $(PYTEST) -m today --any-day $(TESTS)

test-postgresql: $(VENV)/dev.stamp $(READER) ## Run the tests that use a database on the PostgreSQL server that DATABASE_URL names
	@case "$$DATABASE_URL" in postgres*) ;; *) \
		echo 'Set DATABASE_URL to a PostgreSQL whose role may create databases: postgres://role:password@127.0.0.1:5432/name'; exit 2;; esac
	@exec $(PYTEST) -m database $(TESTS)

lint: $(VENV)/dev.stamp ## Check the style of code and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --lint --quiet

format: $(VENV)/dev.stamp ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/dev.stamp ## Check the types
	$(BIN)/mypy .

contracts: $(VENV)/dev.stamp ## Check which packages import which
	$(BIN)/lint-imports

migrations: $(VENV)/dev.stamp ## Check that no migration is missing
	@DEBUG=true $(BIN)/python manage.py makemigrations --check --dry-run

requirements: $(VENV)/dev.stamp ## Compile requirements/*.in; UPGRADE=1 for newer versions
	cd requirements && $(COMPILE) $(if $(UPGRADE),--upgrade) base.in -o base.txt
	cd requirements && $(COMPILE) $(if $(UPGRADE),--upgrade) demo.in -o demo.txt
	cd requirements && $(COMPILE) $(if $(UPGRADE),--upgrade) sentry.in -o sentry.txt
	cd requirements && $(COMPILE) $(if $(UPGRADE),--upgrade) dev.in -o dev.txt
	cd requirements && $(COMPILE) $(if $(UPGRADE),--upgrade) bench.in -o bench.txt

messages: $(VENV)/dev.stamp ## Collect what people read in locale/*/LC_MESSAGES/django.po and compile it; needs Debian's gettext
	@DEBUG=true $(BIN)/python manage.py makemessages --all --no-wrap --add-location file --no-obsolete --ignore .venv
	@DEBUG=true $(BIN)/python manage.py compilemessages --ignore .venv

translations: messages ## Another name of messages

screens: $(VENV)/dev.stamp ## Pictures of all pages in screens/, and the chosen ones for docs/screens/; CHOSEN=1 for these alone
	@exec env CHOSEN=$(CHOSEN) $(BIN)/python -m pytest -q -n 0 tests/browser/screens.py

bench: $(VENV)/bench.stamp ## Compare the cost of Kalends with other programs; SIZES=100,1000 REPEATS=3 SERVERS=sandbox for less
	@exec $(BIN)/python -m benchmarks

bench-first-sync: $(VENV)/dev.stamp ## The first sync of 10,000 events where each answer takes 250 ms, with small batches over one connection beside today's way
	@exec $(BIN)/python -m benchmarks.first_sync

bench-fleet: $(VENV)/bench.stamp ## How many connections one qcluster can poll in time; CONNECTIONS=6000, DATABASE_URL for PostgreSQL
	@exec $(BIN)/python -m benchmarks.fleet

bench-freshness: $(VENV)/dev.stamp ## Does a booking take into account what iCloud knew a second before? TRIES=1000, DATABASE_URL for PostgreSQL
	@exec $(BIN)/python -m benchmarks.freshness

bench-clients: $(VENV)/dev.stamp ## 50 clients look at the pages for clients while 10 book; CLIENTS, BOOKERS, SECONDS=60, DATABASE_URL for PostgreSQL
	@exec $(BIN)/python -m benchmarks.clients

soak: $(VENV)/demo.stamp ## Random use by staff, clients and iPhones, with faults and killed processes, then an audit; MINUTES=10, SEED, DATABASE_URL for PostgreSQL, NAMESPACES=2 for workers as on two machines
	@exec $(BIN)/python -m soak

image: $(VENV)/demo.stamp ## Build the container image and try it; Debian, as root, with buildah, debootstrap, docker-compose; BASE names another base
	@exec $(BIN)/python -m deploy.image

run: $(VENV)/dev.stamp ## Run the development web server with the settings of .env; PORT=8001 for another port
	$(BIN)/python manage.py migrate --verbosity 0
	@exec $(BIN)/python manage.py runserver $(PORT)

worker: $(VENV)/dev.stamp ## Run the worker for `make run`
	$(BIN)/python manage.py setup_schedules
	@exec $(BIN)/python manage.py qcluster

.PHONY: bench-memory wheel
bench-memory: $(VENV)/dev.stamp ## Memory of `kalends run` for 5 people who sync, look and book; SECONDS=180, EVENTS=400
	@exec $(BIN)/python -m benchmarks.memory

wheel: $(VENV)/dev.stamp ## Build the wheel of this checkout in dist/
	@$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

environment: $(VENV)/dev.stamp $(READER) ## Install the packages for development

clean: ## Remove .venv, pictures of pages and the caches of tools, but not data/
	rm -rf $(VENV) screens staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# --- the environment -------------------------------------------------------------------------------

$(VENV)/made.stamp:
	@if [ -z "$(PYTHON)" ]; then \
		echo 'Kalends needs Python 3.11 or newer, and found none. Debian, Ubuntu: apt install python3 python3-venv. macOS: brew install python. Then make again.'; \
		exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		echo 'This Python ($(PYTHON)) cannot make environments: its modules venv and ensurepip are missing. Debian, Ubuntu: apt install python3-venv. Then make again.'; \
		exit 1; fi
	@if $(BIN)/python -m pip --version >/dev/null 2>&1; then true; else $(PYTHON) -m venv --clear $(VENV); fi
	@touch $@

$(VENV)/demo.stamp: requirements/demo.txt | $(VENV)/made.stamp
	@echo 'Installing the packages for the demo into .venv (once) …'
	@$(PIP) -r requirements/demo.txt
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt | $(VENV)/made.stamp
	@echo 'Installing the packages for development into .venv (once) …'
	@$(PIP) -r requirements/dev.txt
	@touch $@ $(VENV)/demo.stamp

tests/ical_js/node_modules/.package-lock.json: tests/ical_js/package-lock.json
	@echo 'Installing ical.js for the tests (once) …'
	@cd tests/ical_js && npm ci --silent
	@touch $@

$(VENV)/bench.stamp: requirements/bench.txt | $(VENV)/made.stamp
	@echo 'Installing the packages for the benchmarks into .venv (once) …'
	@$(PIP) -r requirements/bench.txt
	@touch $@
