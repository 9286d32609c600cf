# Needs git, make and a Python from 3.11 to 3.13; everything else is installed into .venv.

PYTHON =
TESTS = tests
TEST_PROCESSES = auto
MAX_ACTIVE_RUNS = 4
UPGRADE =

BIN := .venv/bin
READY := .venv/.ready
MIGRATED := var/airflow/.migrated

# Airflow on one machine: its own folder, its pages on this machine only, quiet but for our lines.
export AIRFLOW_HOME := $(CURDIR)/var/airflow
export AIRFLOW__CORE__DAGS_FOLDER := $(CURDIR)/dags
export AIRFLOW__CORE__PLUGINS_FOLDER := $(CURDIR)/plugins
export AIRFLOW__CORE__LOAD_EXAMPLES := False
export AIRFLOW__CORE__PARALLELISM ?= 4
export AIRFLOW__API__HOST ?= 127.0.0.1
export AIRFLOW__LOGGING__LOGGING_LEVEL ?= WARNING
export AIRFLOW__LOGGING__NAMESPACE_LEVELS ?= receivables=INFO
export GX_ANALYTICS_ENABLED := false
export UV_PYTHON_DOWNLOADS := never
export PYTHONUNBUFFERED := 1
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help night test backfill airflow docs calendars lock clean

help:  ## say what can be made
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

night backfill airflow: export PYTHONWARNINGS = ignore
night: export AIRFLOW__LOGGING__LOG_FORMAT = $()    %(message)s
night: $(READY) $(MIGRATED)  ## run the night of the newest closed day on the demonstration's ERP
	@echo "==> The demonstration's ERP, as files in var/demo_erp"
	@$(BIN)/receivables demo-erp var/demo_erp \
	    --until $$($(BIN)/python -m receivables_airflow.command newest-closed-day) \
	    > var/demo_erp.log 2>&1 || { cat var/demo_erp.log; exit 1; }
	@echo "==> The night, through Airflow: receivables_nightly"
	@$(BIN)/airflow dags test receivables_nightly \
	    --conf "$$($(BIN)/python -m receivables_airflow.command demonstration)"
	@echo "==> The letters, through Airflow: receivables_dispatch"
	@$(BIN)/airflow dags test receivables_dispatch
	@$(BIN)/receivables status

test: $(READY)  ## run the tests: make test TESTS=tests/night
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --maxprocesses 8 \
	    --dist loadfile --no-loadscope-reorder $(TESTS)

backfill: $(READY) $(MIGRATED)  ## queue old business days: make backfill FROM=2026-03-01 TO=2026-03-31
	@test -n "$(FROM)" -a -n "$(TO)" || \
	    { echo "Say which business days: make backfill FROM=2026-03-01 TO=2026-03-31"; exit 2; }
	@dates=$$($(BIN)/python -m receivables_airflow.command backfill $(FROM) $(TO)) || exit 2; \
	    $(BIN)/airflow backfill create --dag-id receivables_nightly $$dates \
	        --max-active-runs $(MAX_ACTIVE_RUNS) --reprocess-behavior failed \
	    > var/airflow/backfill.log 2>&1 || { cat var/airflow/backfill.log; exit 1; }
	@echo "==> Queued: the nights of $(FROM) to $(TO). Airflow works them off while it runs" \
	    "(make airflow) and receivables_nightly is switched on there"

airflow: $(READY)  ## open Airflow on http://127.0.0.1:8080; its first lines give the password
	@PATH="$(CURDIR)/$(BIN):$$PATH" exec airflow standalone

docs: $(READY)  ## write the pages of docs/ that are made from include/ again
	@$(BIN)/python -m receivables.publish.dictionary

calendars: $(READY)  ## write the holidays of include/calendars/ as the pinned library says
	@$(BIN)/python -m receivables.holiday_table

lock: $(READY)  ## pin what requirements.in asks for in requirements.txt; UPGRADE=--upgrade for newer
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --universal --no-header --python-version 3.11 $(UPGRADE) \
	    --output-file requirements.txt requirements.in

clean:  ## remove what was installed and cached; var, where the lake and the outbox are, stays
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis plugins/*.egg-info
	@find dags plugins tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# A pyenv shim can exist and still fail, so every Python is asked what it is.
$(READY): requirements.txt pyproject.toml
	@test -x $(BIN)/python || { \
	    for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	        $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	            2> /dev/null && break; \
	        python=; \
	    done; \
	    test -n "$$python" || { \
	        echo "Receivables needs Python 3.11, 3.12 or 3.13; if it is installed but not on" \
	            "the PATH, name it: make night PYTHON=/path/to/python3.12"; exit 1; }; \
	    echo "==> A virtual environment in .venv with $$($$python --version)"; \
	    $$python -m venv .venv; }
	@echo "==> Installing what requirements.txt pins"
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || $(BIN)/python -m ensurepip > /dev/null
	@uv=$$(command -v uv) || { $(BIN)/python -m pip install --quiet uv && uv=$(BIN)/uv; }; \
	    { test -n "$$uv" && $$uv pip install --quiet --python $(BIN)/python \
	        --no-deps -r requirements.txt --editable . ; } || \
	    $(BIN)/python -m pip install --quiet --no-deps -r requirements.txt --editable .
	@touch $@

$(MIGRATED): $(READY)
	@echo "==> Airflow's own database, in var/airflow"
	@mkdir -p var/airflow
	@{ $(BIN)/airflow db migrate && $(BIN)/airflow dags reserialize; } \
	    > var/airflow/migrate.log 2>&1 || { cat var/airflow/migrate.log; exit 1; }
	@touch $@
