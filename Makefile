# Two commands matter: `make demo` and `make test`. Everything lives in .venv/.
PY ?= python3
BIN := .venv/bin
JOBS ?= 2
ROOMS := config ingest kongchuo ledger notify parsers store

.PHONY: install demo test check bench bombs fuzz trials reading reference licences sbom pages lock clean
install: .venv/.installed

# uv installs the pinned, hashed set in seconds; where it has no wheel, pip reads the same file.
.venv/.installed: requirements.lock pyproject.toml
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更高版本(可用 make PY=python3.12 指定)"; exit 2; }
	@$(PY) -m venv .venv 2>/dev/null || { $(PY) -m venv --without-pip .venv && $(PY) -m pip --python $(BIN)/python install -q pip; }
	@if $(BIN)/python -m pip install -q --disable-pip-version-check 'uv>=0.9' 2>/dev/null; then \
	   $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
	   $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	 else \
	   $(BIN)/python -m pip install -q --require-hashes -r requirements.lock && \
	   $(BIN)/python -m pip install -q --no-deps --no-build-isolation -e . ; \
	 fi
	@$(BIN)/python -P -m compileall -q $(ROOMS)
	@touch $@

demo: install
	$(BIN)/kongchuo demo demo

test: install
	$(BIN)/python -m pytest -n $(JOBS) --dist loadscope

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(ROOMS) bench tests
	$(MAKE) test

bench: install
	$(BIN)/python -m bench.deadline_day

bombs: install
	$(BIN)/python -m bench.bombs

fuzz: install
	$(BIN)/python -m bench.fuzz

# STORE=--postgres tries them on a PostgreSQL server of its own.
POINTS ?= 1000
HISTORIES ?= 50
trials: install
	$(BIN)/python -m bench.trials --count $(POINTS) --histories $(HISTORIES) $(STORE)

reading: install
	$(BIN)/python -m tests.messes.reading_page > docs/reading.md

reference: install
	$(BIN)/python -c "from tests.pages.reference_page import render_reference; open('docs/reference.md', 'w', encoding='utf-8').write(render_reference())"
	$(BIN)/python -m tests.pages.man_page
	$(BIN)/python -m tests.pages.forms_page
	$(BIN)/python -m tests.pages.answering_page

licences: install
	@$(BIN)/python -m bench.supply

# bom.json, CycloneDX 1.6
sbom: install
	$(BIN)/python -m bench.supply --sbom

pages: install
	$(BIN)/python -m tests.pages.chinese_pages

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
lock:
	$(LOCK) --extra all --group dev pyproject.toml -o requirements.lock
	$(LOCK) --constraints requirements.lock pyproject.toml -o requirements-base.lock

clean:
	rm -rf .venv demo build dist
