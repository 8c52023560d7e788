# Two commands are all it takes: `make demo` and `make test`. Each sets up what it needs by itself.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
# One more than there are cores: much of a test is waiting for a PBX that does not answer.
TEST_PROCESSES := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
DEMO_ENV := var/demo/env
RUN_ENV := var/env

.PHONY: help demo run account test bench-fetch bench-search faults lint format lock messages browser postgresql clean

help:
	@echo "make demo [PORT=8000]  a working dashboard over simulated PBXs, on this computer only"
	@echo "make run [PORT=8000]   the same site over your own PBXs"
	@echo "make account           the first account for make run"
	@echo "make test              every check: style, types and all tests"
	@echo "make faults            the fault table: what a person sees of each, rows before and after"
	@echo "make lint, format      style and types; rewrite to the one style"
	@echo "make bench-fetch       how long fetching takes, on this machine"
	@echo "make bench-search      how long searching takes among a million DOD bindings, beside two peers"
	@echo "make lock              compile requirements*.in into the locked files"
	@echo "make messages          collect the texts to translate and compile the translations; needs gettext"

demo: $(BIN)/.runtime
	@$(BIN)/python -m pbxdash.first_start --demo $(DEMO_ENV)
	@PBXDASH_ENV_FILE=$(DEMO_ENV) $(BIN)/python manage.py demo --port $(PORT)

run: $(BIN)/.runtime
	@$(BIN)/python -m pbxdash.first_start $(RUN_ENV)
	@PBXDASH_ENV_FILE=$(RUN_ENV) $(BIN)/python manage.py migrate --verbosity 0
	@PBXDASH_ENV_FILE=$(RUN_ENV) $(BIN)/python manage.py collectstatic --no-input --verbosity 0
	@PBXDASH_ENV_FILE=$(RUN_ENV) $(BIN)/python manage.py serve --port $(PORT)

account: $(BIN)/.runtime
	@PBXDASH_ENV_FILE=$(RUN_ENV) $(BIN)/python manage.py createsuperuser

test: lint browser postgresql
	$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadgroup

faults: $(BIN)/.development
	$(BIN)/python -m pytest -q -n auto tests/faults/test_table.py tests/faults/test_errnos.py

# Never part of the tests: takes minutes, and wants the machine for itself.
bench-fetch: $(BIN)/.development
	$(BIN)/python -m bench.fetching

# The first time it makes the million bindings and a virtualenv for Datasette, in var/bench.
bench-search: $(BIN)/.development
	$(BIN)/python -m bench.searching

lint: $(BIN)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/deptry .
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check

format: $(BIN)/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --target-version 5.2

# The browser tests drive Debian's Chromium; without it they are skipped, and say so.
browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null; \
	  else \
	    echo "No chromium: tests/browser is skipped. Get it with: sudo apt-get install chromium"; \
	  fi; }

# tests/postgresql starts a server of its own from Debian's programs, so the package shall make none.
POSTGRESQL_NOT_STARTED := /etc/postgresql-common/createcluster.d/pbxdash.conf
postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    mkdir -p $(dir $(POSTGRESQL_NOT_STARTED)) && \
	    echo "create_main_cluster = false" >$(POSTGRESQL_NOT_STARTED) && \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y postgresql >/dev/null; \
	      installed=$$?; rm -f $(POSTGRESQL_NOT_STARTED); exit $$installed; }; \
	  else \
	    echo "No PostgreSQL: tests/postgresql is skipped. Get it with: sudo apt-get install postgresql"; \
	  fi; }

lock: $(BIN)/.development
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in -o requirements-dev.txt

# The compiled catalogue is committed beside its source: a fresh machine has Python and make, and no msgfmt.
messages: export DJANGO_SETTINGS_MODULE = tests.settings
messages: $(BIN)/.development
	$(BIN)/python manage.py makemessages --locale zh_Hans --no-location --no-obsolete -i .venv -i var -i tests -i bench
	$(BIN)/python manage.py compilemessages --locale zh_Hans -i .venv -i var

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pbxdash needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@# A half-made one, where Debian's python3-venv is missing, would not be made again.
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(BIN)/.runtime: requirements.txt | $(BIN)/python
	@echo "Installing packages …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(BIN)/.development: requirements-dev.txt $(BIN)/.runtime
	@echo "Installing packages for development …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis
