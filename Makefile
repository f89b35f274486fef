# Two commands do all: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check validate bench toys fields keys pictures clean

demo: $(VENV)/.installed  ## launch the demo run and open the app on it (headless without a terminal)
	@$(BIN)/grpotui --workspace . demo

test: check  ## lint, format, types, import contracts, then all tests
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadgroup -q

check: $(VENV)/.developer
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

validate: $(VENV)/.developer  ## long: health rules on made-up and real runs, rankings of made-up sweeps, the demos over several seeds
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.health
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.health.real
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.sweeps --sweeps 100
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.validate_demos
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.validate_rescue

bench: $(VENV)/.developer  ## every benchmark in a short form; docs/performance.md has the long one
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.registry --runs 500 --steps 2000
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.search --completions 100000
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.overlay --steps 10000 --rounds 2
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.terminal --steps 5000 --starts 1 --seconds 5 --presses 3
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.recorder --pairs 1 --steps 8
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.health_speed --steps 100
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.trackers --rounds 1 --steps 6 --batches 32

toys: $(VENV)/.installed  ## rebuild the two toy models that ship with grpotui
	$(BIN)/python -m grpotui.train.toys.build words grpotui/train/toys/words
	$(BIN)/python -m grpotui.train.toys.build chars grpotui/train/toys/chars

fields: $(VENV)/.installed  ## rebuild the table of GRPOConfig's fields from the installed TRL
	$(BIN)/python -m grpotui.train.grpo_fields

keys: $(VENV)/.installed  ## write docs/keys.md from the app's map of keys
	$(BIN)/python docs/make_keys.py

pictures: $(VENV)/.installed  ## draw the pictures in docs/ from the real app
	$(BIN)/python docs/make_pictures.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.developer: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .venv-bench dist build .mypy_cache .ruff_cache .pytest_cache
