# make run    set up what is missing, then open the program      make run ARGS="events --format table"
# make test   set up what is missing, then run the tests         make test ARGS="-k dates"
#             all of them in as many processes as there are processors, a part of them in one
#
# Only python3 and pip are needed: where Debian keeps ensurepip and a system-wide pip install from us, a virtual
# environment without its own pip is made and the system's pip installs into it. PYTHON=python3.13 picks another.

PYTHON ?= python3
ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
INSTALL = $(PYTHON) -m pip --python $(PY) install -q --disable-pip-version-check \
	--require-hashes --only-binary :all:
LOCK = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links

# What Qt needs of the system is named in one line; root on a Debian gets it installed, anybody else is asked to.
define LIBRARIES
$(PY) -m viewer.preflight || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	echo "Installing them now, as you are root ..." && apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	$$($(PY) -m viewer.preflight --packages) >/dev/null && $(PY) -m viewer.preflight; }
endef

# The tests of a file stay together, as they share what is slow to make; each process has a home and screen of its own.
SPLIT = --numprocesses auto --maxprocesses 4 --dist loadfile

.PHONY: run test check build pictures keys bench profile lock clean

run: $(VENV)/run.ok
	@$(LIBRARIES)
	@$(PY) main.py $(ARGS)

test: export QT_QPA_PLATFORM = offscreen
test: $(VENV)/test.ok
	@$(LIBRARIES)
	@$(PY) -m pytest $(or $(ARGS),$(SPLIT))

check: $(VENV)/test.ok
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo
	@$(MAKE) --no-print-directory test

build: $(VENV)/run.ok
	@$(PY) main.py build $(ARGS)

pictures: $(VENV)/run.ok
	$(PY) docs/make_pictures.py $(ARGS)

keys: $(VENV)/run.ok
	$(PY) -c 'from viewer.session.actions import keys_page; print(keys_page(), end="")' > docs/keys.md

bench: $(VENV)/run.ok
	$(PY) -m benchmarks $(ARGS)

profile: $(VENV)/run.ok
	$(PY) -m benchmarks --profile $(ARGS)

# Needs uv. Newer versions come only by editing the .in files; no address is written into the locks.
lock:
	$(LOCK) requirements.in -o requirements.lock
	$(LOCK) requirements-dev.in -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps come last, so a set-up that was cut short is done again from the start. PySide unpacks and compiles a part
# of itself at every start unless it was told once to keep it (SBK_EMBED, see its documentation); it works without, too.
$(VENV)/run.ok: requirements.lock
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit("Badia needs Python 3.11, 3.12 or 3.13; name one with: make PYTHON=python3.12")'
	@$(PYTHON) -c 'import pip' 2>/dev/null || { echo "Badia is set up with pip; install it with: sudo apt-get install python3-pip" >&2; exit 1; }
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -m venv --without-pip --clear $(VENV)
	@$(INSTALL) -r requirements.lock
	@SBK_EMBED=0 PYTHONDONTWRITEBYTECODE= $(PY) -c "import shiboken6" 2>/dev/null || true
	@touch $@

$(VENV)/test.ok: requirements-dev.lock $(VENV)/run.ok
	@echo "Setting up the test tools (once) ..."
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
