# Seodang. `make run` and `make test` do all the set-up on a fresh machine with Python 3.11+ and a package registry.

PYTHON ?= python3
VENV   ?= .venv
DOCS   ?= docs
PORT   ?= 8501
# The documents that ship and a folder of your own never mix: each folder is a collection of its own.
COLLECTION ?= $(if $(filter docs docs/ ./docs,$(DOCS)),default,$(notdir $(patsubst %/,%,$(DOCS))))
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
export PYTHONUTF8 = 1

.DEFAULT_GOAL := help
.PHONY: help run install test check format lint types unit browser torture evaluate clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

run: install  ## ingest DOCS (default: docs) and open the chat at http://127.0.0.1:8501
	@$(BIN)/python -m ingest "$(DOCS)" --collection "$(COLLECTION)" || test $$? -eq 1
	@RAG_COLLECTION="$(COLLECTION)" $(BIN)/python -m rag_app.views --port $(PORT)

install: $(VENV)/.installed  ## just the environment
test: $(VENV)/.installed-test check unit browser  ## every check: format, lint, types, layers, unit, wheel, browser

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) --version 2>&1); name another one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing; on Debian: apt-get install python3-venv"; exit 2; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV) (the first time takes a few minutes) ..."
	@$(PIP) install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing the test tools into $(VENV) ..."
	@$(PIP) install --quiet -c constraints.txt -e ".[test]"
	@touch $(VENV)/.installed $@

check: format lint types  ## format, lint, types, layers: under a minute

format: $(VENV)/.installed-test
	@$(BIN)/ruff format --check .

lint: $(VENV)/.installed-test
	@$(BIN)/ruff check .

types: $(VENV)/.installed-test
	@$(BIN)/mypy

unit: $(VENV)/.installed-test  ## everything but the browser
	@$(BIN)/python -m pytest -m "not browser"

browser: $(VENV)/.installed-test  ## a real browser asks, clicks and reads
	@./tests/browser/need_browser.sh
	@$(BIN)/python -m pytest -m browser tests/browser

torture: $(VENV)/.installed-test  ## kill ingestion 200 times and at each of its steps, damage 100 files, and see what holds
	@$(BIN)/python -m tests.torture --kills 200 --damages 100

evaluate: install  ## the golden questions over docs/
	@$(BIN)/python -m graphs evaluate

clean:  ## remove the environment; your index and conversations in .seodang stay
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
