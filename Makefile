# Commonhold. `make demo` runs the main job on real data; `make test` sets up and passes all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS ?=

.PHONY: demo test lint check serve bench messages clean help

help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Commonhold needs Python 3.11 or newer: apt install python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. Its owner can add it: apt install python3-venv"; exit 1; }
	@$(PIP) install 'pip>=25.1'
	@touch $@

$(VENV)/run: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing Commonhold into $(VENV) …"
	@$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/dev: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing Commonhold and what its tests need into $(VENV) …"
	@$(PIP) install -c constraints.txt -e '.[postgres]' --group test --group lint
	@touch $@ $(VENV)/run

$(VENV)/bench: $(VENV)/dev
	@$(PIP) install -c constraints.txt --group bench
	@touch $@

demo: $(VENV)/run ## import, validate, share, explain and verify a real commons, and serve its pages on 127.0.0.1
	@$(BIN)/python examples/libre-solar/demo.py $(ARGS)

test: $(VENV)/dev ## set up and pass all tests
	@$(BIN)/python tests/system_packages.py
	@$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lint: $(VENV)/dev ## style, types, import contracts
	@$(BIN)/ruff check src tests benchmarks examples tools
	@$(BIN)/ruff format --check src tests benchmarks examples tools
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test ## what has to pass before a change lands

bench: $(VENV)/bench ## print the speed ratios
	@$(BIN)/python -m benchmarks $(ARGS)

messages: $(VENV)/dev ## collect the texts of the pages, and bring the catalogues of all languages up to them
	@$(BIN)/python tools/messages.py

screenshots: $(VENV)/dev ## make the pictures of all screens from the demo, in docs/screenshots
	@$(BIN)/python examples/libre-solar/demo.py --no-serve
	@$(BIN)/python docs/screenshots/make.py .demo $(ARGS)

clean: ## remove what was made
	rm -rf $(VENV) .demo .bench
