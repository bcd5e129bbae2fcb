# Each target makes or reuses .venv; nothing but Python (3.11 or newer) and make is needed.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= demo-out

.PHONY: help demo demo-streets test check bench engine planning oracles docs example baseline lock clean

help:            ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Yipan needs Python 3.11 or newer; run: make PYTHON=python3.12 demo" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python pyproject.toml hatch_build.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.streets: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[streets]'
	@touch $@

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml hatch_build.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.run

$(VENV)/.docs: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	@touch $@

$(VENV)/.example: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[example]'
	@touch $@

demo: $(VENV)/.run      ## install, measure and plan the Chongqing example, write the report
	$(BIN)/yipan demo --out $(OUT)

demo-streets: $(VENV)/.streets  ## the same on real streets and a timetable: central Helsinki
	$(BIN)/python examples/helsinki/build.py $(OUT)-streets-region
	$(BIN)/yipan network $(OUT)-streets-region
	$(BIN)/yipan demo --folder $(OUT)-streets-region --budget 2 --out $(OUT)-streets
	$(BIN)/yipan access $(OUT)-streets-region --mode transit --minutes 10,20 --out $(OUT)-streets/access.csv
	$(BIN)/yipan isochrone $(OUT)-streets-region --at 24.9414,60.1710 --minutes 5,10,15 --out $(OUT)-streets/isochrones.geojson

test: $(VENV)/.dev      ## run every test
	$(BIN)/python -m pytest -n 2

check: $(VENV)/.dev     ## style, types, import arrows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.bench   ## run every benchmark side by side with its peer
	@for f in benchmarks/[a-z]*.py; do echo "== $$f"; $(BIN)/python $$f || exit 1; done

engine: $(VENV)/.bench  ## run the benchmarks of the engine and write docs/engine.md
	$(BIN)/python benchmarks/_engine_page.py

planning: $(VENV)/.bench  ## run the benchmarks of planning and write docs/planning.md
	$(BIN)/python benchmarks/_plan_page.py

oracles: $(VENV)/.dev    ## run the tests against other programs' numbers and write docs/oracles.md
	$(BIN)/python docs/oracles.py

docs: $(VENV)/.docs     ## build the documentation into site/
	$(BIN)/python docs/generate.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

example: $(VENV)/.example  ## rebuild the Chongqing example from public packages and the fact tables
	$(BIN)/python examples/chongqing/build.py

baseline: $(VENV)/.dev  ## refresh tests/baseline on purpose
	$(BIN)/python tests/baseline/refresh.py

lock: $(VENV)/.dev $(VENV)/.docs  ## write the versions CI installs
	$(BIN)/python -m pip list --format=freeze --exclude-editable --exclude pip --exclude setuptools > requirements/lock.txt

clean:           ## remove what make made
	rm -rf $(VENV) site $(OUT) $(OUT)-streets $(OUT)-streets-region .pytest_cache .mypy_cache .ruff_cache
