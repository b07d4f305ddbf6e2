# Everything there is to run. Each target sets up what it needs, from locked files, in .venv.

.SILENT:
.SUFFIXES:
.NOTPARALLEL:
.DEFAULT_GOAL := help

ADDRESS ?= 127.0.0.1:8000
ARGS    ?=

VENV    := .venv
BIN     := $(VENV)/bin
SITE    := $(VENV)/.site
DEV     := $(VENV)/.dev
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --quiet

# Material's notice on the future of MkDocs: we pin what we use.
export NO_MKDOCS_2_WARNING := 1

.PHONY: help serve site check test quality bench bench-search format lock upgrade clean

help: ## list what there is to run
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

# Live reload is said outright, for with newer Click MkDocs takes silence for no. Templates of the
# engine reload too; its Python, after a restart.
serve: $(SITE) ## the site on http://127.0.0.1:8000, built again at each change
	$(BIN)/mkdocs serve --livereload --dev-addr $(ADDRESS) \
		--watch references --watch overrides --watch src

# The time of the commit stands for the time of the build, unless one is given.
site: $(SITE) ## the site in site/, the same bytes from the same commit
	epoch=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null)} || true; \
	if [ -n "$$epoch" ]; then SOURCE_DATE_EPOCH=$$epoch; export SOURCE_DATE_EPOCH; fi; \
	$(BIN)/mkdocs build --strict --clean --site-dir site

check: $(DEV) ## style, types, architecture, and the ledger of claims
	$(BIN)/python -m pip --disable-pip-version-check check >/dev/null || \
		{ echo 'The lock files and pyproject.toml disagree: run "make lock".' >&2; exit 1; }
	$(BIN)/ruff format --quiet --check .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-cache --no-logo >$(VENV)/imports.txt || { cat $(VENV)/imports.txt; exit 1; }
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-issue-forms \
		$(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(BIN)/claimbase check

test: $(DEV) ## the tests, with a browser (ARGS='-k cards' for some of them)
	$(BIN)/python scripts/browser.py
	$(BIN)/python -m pytest $(ARGS)

quality: $(DEV) site ## every page in a browser, and the HTML checker: slow, for a release
	$(BIN)/python scripts/browser.py
	$(BIN)/python -m scripts.quality site $(ARGS)

bench: $(DEV) ## how long a build takes, and how much a page weighs
	$(BIN)/python -m benchmarks.build $(ARGS)

bench-search: $(DEV) ## how well search finds, what it loads, and Material's beside it
	$(BIN)/python scripts/browser.py
	$(BIN)/python -m benchmarks.search $(ARGS)

format: $(DEV) ## put the code in its style
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

# A URL in a lock file would tie everyone to one package index.
LOCK = lock() { \
	$(BIN)/uv pip compile --quiet --no-config --system-certs --universal --python-version 3.11.5 \
		--generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command 'make lock' $(1) pyproject.toml "$$@"; \
	}; \
	lock --group build --output-file requirements/site.txt && \
	lock --group dev --constraint requirements/site.txt --output-file requirements/dev.txt && \
	! grep -n '://' requirements/*.txt

lock: $(DEV) ## after a change of dependencies in pyproject.toml
	$(call LOCK,)

upgrade: $(DEV) ## move every dependency to its newest version
	$(call LOCK,--upgrade)

clean: ## remove what make made
	rm -rf $(VENV) site build .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src scripts tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

# --- Set-up --------------------------------------------------------------------------------------

# What each kind of work needs, as files that are newer than the locks once it is there.
$(SITE): pyproject.toml $(VENV)/.site-locked
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): $(SITE) $(VENV)/.dev-locked
	touch $@

$(VENV)/.site-locked $(VENV)/.dev-locked: $(VENV)/.%-locked: requirements/%.txt $(BIN)/python
	echo "Installing requirements/$*.txt"
	$(INSTALL) --require-hashes --requirement requirements/$*.txt
	touch $@

# The first Python that runs, is new enough, and can make an environment. (A name on the PATH is
# no proof: version managers put stubs there.)
$(BIN)/python:
	for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
		if "$$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11, 5))' 2>/dev/null; then \
			echo "Making $(VENV) with $$("$$python" --version)"; \
			exec "$$python" -m venv --clear $(VENV); \
		fi; \
	done; \
	echo 'No Python 3.11.5 or newer with venv was found. Install one (on Debian and Ubuntu:' >&2; \
	echo 'apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 …' >&2; \
	exit 1
