# Station. `make` lists what there is to do; `make run` is all that a first look needs.
# By environment: PYTHON (an interpreter, 3.11 or newer), VENV (where the packages go), and every setting of
# docs/settings.md, for example STATION_PORT=9000 make run.

PYTHON ?= python3.11
VENV   ?= .venv
TESTS  ?=
BIN    := $(VENV)/bin

# where the tests of each tier are, unless TESTS names some (tests/house/test_tiers.py: nowhere else)
browser:   HERE = tests/journeys
faults:    HERE = tests/faults tests/web/test_supervisor.py
examiners: HERE = tests/examiners

# tests start hundreds of processes: all read what the first has compiled, and `make clean` takes it away
test browser faults examiners: export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev setup-bench test browser faults examiners bench mutants soak lint lock clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup  ## start everything here, with demo data the first time
	@$(BIN)/station run --demo

setup:  ## make the environment that `make run` needs
	@tools/setup.sh "$(PYTHON)" "$(VENV)" run

setup-dev:  # the environment of tests and checks; it contains that of `make run`
	@tools/setup.sh "$(PYTHON)" "$(VENV)" dev

setup-bench:  # the environment of measuring; it contains that of tests
	@tools/setup.sh "$(PYTHON)" "$(VENV)" bench

test: setup-dev  ## run the tests that need no browser; says what was skipped and why
	@echo "Tests on $${STATION_TEST_DATABASE_URL:-SQLite}: units, pages, contracts, migrations, real processes."
	@echo "Left out here, because they have commands of their own: make browser, make faults, make examiners, make soak, make bench."
	@$(BIN)/python -m pytest -n auto -m "not browser and not faults and not examiners" -rfEs $(or $(TESTS),tests)

browser: setup-dev  ## run the journeys in a real browser (needs Chromium)
	@$(BIN)/python -m pytest -n 2 --dist worksteal -m browser -rfEs $(or $(TESTS),$(HERE))

faults: setup-dev  ## kill real processes between any two steps and count what is left
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m faults -rfEs $(or $(TESTS),$(HERE))

examiners: setup-dev  ## have the programs of others examine Station (needs npm, Node 20 and Java)
	@tools/examiners.sh
	@$(BIN)/python -m pytest -n auto -m examiners -rfEs $(or $(TESTS),$(HERE))

bench: setup-bench  ## measure; prints a table and writes bench/results.json
	@$(BIN)/python -m bench

mutants: setup-dev  ## take the guards of the worst traps away, one at a time: a named test must fail
	@$(BIN)/python -m tools.mutate $(MUTANTS)

soak: setup-dev  ## repeat the kill tests for as long as SOAK_MINUTES says (10)
	@tools/soak.sh "$(BIN)/python" "$${SOAK_MINUTES:-10}"

lint: setup-dev  ## ruff, mypy, the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

lock:  ## make requirements/*.txt anew from pyproject.toml
	@tools/lock.sh "$(PYTHON)"

clean:  ## remove the environment and what tests left; keeps instance/
	@rm -rf "$(VENV)" build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache bench/results.json
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
