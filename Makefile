# Two commands for newcomers: `make demo` shows the helpdesk at work, `make test` proves that it works.
# Needed: Python 3.11 or newer with venv. Everything else is installed into .venv, as pinned in requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
ARGS ?=
ROUNDS ?= 200

.PHONY: install demo test lint format chaos bench simulate lock clean

install: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY)
	@$(BIN)/python -m helpdesk_bot.demo $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n 2 $(ARGS)

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

chaos: $(READY)
	$(BIN)/python -m benchmarks.chaos --rounds $(ROUNDS) $(if $(FEDERATION),--federation) $(ARGS)

bench: $(READY)
	$(BIN)/python -m benchmarks.bench $(ARGS)

simulate: $(READY)
	$(BIN)/python -m benchmarks.simulation $(ARGS)
	$(BIN)/python -m benchmarks.federation_simulation

lock: $(READY)
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -o requirements.lock

clean:
	rm -rf .venv .demo
