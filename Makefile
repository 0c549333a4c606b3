# Every task is a target here; `make` alone lists them.

PORT ?= 8000
AWS_PORT ?= 4566
ARGS ?=
REQUESTS ?= 100000
SEED ?=
EFFORT ?= 10
TIMES ?= 20
PYTHON ?=
STRICT ?=

PY := .venv/bin/python
ENVIRONMENTS := .venv/ready .venv-aws/ready

PYTEST := $(PY) -m pytest -n auto --dist worksteal

export PYTHON
# Whatever the shell holds for another project must not reach this one. Bytecode is kept, whatever
# the shell says: or each of the many processes would compile all that it imports.
unexport DJANGO_SETTINGS_MODULE PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: $(ENVIRONMENTS) ## run everything on this machine (PORT=8000, AWS_PORT=4566) until Ctrl-C
	@exec $(PY) manage.py run --port $(PORT) --aws-port $(AWS_PORT)

.PHONY: deploy-local
deploy-local: $(ENVIRONMENTS) ## deploy by Zappa to an embedded AWS (AWS_PORT=4566) until Ctrl-C
	@exec $(PY) manage.py deploy_local --aws-port $(AWS_PORT)

.PHONY: package
package: .venv/ready ## build the package of the function in build/, and show what it is made of
	@mkdir -p build
	@scripts/zappa-local package --output build/tweeter.zip

.PHONY: test
test: $(ENVIRONMENTS) ## run the tests (ARGS='tests/feeds -k paced')
	@$(PYTEST) $(ARGS)

.PHONY: test-browser
test-browser: $(ENVIRONMENTS) .venv-browser/ready ## walk through the pages in Chromium (CHROMIUM=path), with screenshots
	@.venv-browser/bin/python -m pytest -c tests/browser/pytest.ini tests/browser $(ARGS)

.PHONY: test-zappa
test-zappa: $(ENVIRONMENTS) ## deploy by Zappa to an embedded AWS, use it, update it, and take it away
	@$(PY) -m pytest tests/zappa $(ARGS)

.PHONY: check
check: $(ENVIRONMENTS) lint types layers audit ## run all static checks, then the tests with branch coverage
	@$(PYTEST) --cov --cov-report term-missing:skip-covered $(ARGS)

.PHONY: lint
lint: .venv/ready ## check style and formatting (ruff)
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check

.PHONY: types
types: .venv/ready ## check the types (mypy --strict)
	@$(PY) -m mypy

.PHONY: layers
layers: .venv/ready ## check which module may import which (import-linter)
	@.venv/bin/lint-imports --no-logo

.PHONY: audit
audit: .venv/ready ## look for weaknesses (bandit), and for known ones in the packages (STRICT=--strict)
	@$(PY) -m bandit --quiet --recursive accounts feeds scripts statuses tweeter workers
	@$(PY) scripts/audit_dependencies.py $(STRICT) $(wildcard requirements/*.txt)

.PHONY: format
format: .venv/ready ## mend style and formatting where that is safe
	@$(PY) -m ruff format --quiet
	@$(PY) -m ruff check --fix --quiet --exit-zero
	@$(PY) -m ruff format
	@$(PY) -m ruff check

.PHONY: stateful
stateful: $(ENVIRONMENTS) ## try many more orders and days in the stateful tests (TIMES=20)
	@STATEFUL_TIMES=$(TIMES) $(PYTEST) tests/stateful $(ARGS)

.PHONY: fuzz
fuzz: .venv/ready ## fuzz the API (REQUESTS=100000, SEED=), then every parser (EFFORT=10)
	@$(PY) -m tests.fuzz --requests $(REQUESTS) $(if $(SEED),--seed $(SEED))
	@$(PY) -m tests.fuzz --requests 400 --tight $(if $(SEED),--seed $(SEED))
	@TWEETER_FUZZ_EFFORT=$(EFFORT) $(PYTEST) tests/fuzz $(if $(SEED),--hypothesis-seed $(SEED)) $(ARGS)

.PHONY: chaos
chaos: $(ENVIRONMENTS) ## let 1,000 faults strike the pipeline, then check everything (ARGS="--seed 7 --short")
	@exec $(PY) -m tests.chaos $(ARGS)

.PHONY: bench
bench: $(ENVIRONMENTS) ## measure requests, a delivery and memory (ARGS="calls time" for a part)
	@exec $(PY) -m bench $(ARGS)

.PHONY: bench-fanout
bench-fanout: $(ENVIRONMENTS) ## measure and plot fan-outs at 100 WCU (ARGS="--quick --cases none")
	@exec $(PY) -m bench.fanout $(ARGS)

.PHONY: bench-removal
bench-removal: $(ENVIRONMENTS) ## measure the removal of an account with so many followers (ARGS=10000)
	@exec $(PY) -m bench.removal $(ARGS)

.PHONY: bench-away
bench-away: $(ENVIRONMENTS) ## measure what is answered while DynamoDB, SQS or S3 is slow or away
	@exec $(PY) -m bench.away

.PHONY: bench-coldstart
bench-coldstart: $(ENVIRONMENTS) ## measure the function's first request against Zappa's defaults
	@exec $(PY) -m bench.coldstart $(ARGS)

.PHONY: data-model
data-model: .venv/ready ## write into docs/data-model.md what models and measurements say
	@exec $(PY) -m bench.data_model

.PHONY: ready
ready: $(ENVIRONMENTS) ## set up the environments and do nothing else

.PHONY: lock
lock: ## pin the dependencies again (ARGS=--upgrade for newer ones)
	@scripts/lock $(ARGS)

.PHONY: clean
clean: ## remove all that is made from the sources, keeping local data
	rm -rf .venv .venv-aws .venv-browser .venv-lambda build static .coverage .coverage.* .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: clean-data
clean-data: ## remove the local accounts, statuses and pictures (.local)
	rm -rf .local

# Made again when its lock file has changed, when its interpreter is gone or was replaced, and when
# making it was interrupted.
.venv/ready: requirements/dev.txt .venv/bin/python
	@scripts/make-environment .venv requirements/dev.txt

.venv-aws/ready: requirements/aws.txt .venv-aws/bin/python
	@scripts/make-environment .venv-aws requirements/aws.txt

.venv-browser/ready: requirements/browser.txt .venv-browser/bin/python
	@scripts/make-environment .venv-browser requirements/browser.txt

# Only looked at: a missing one counts as changed.
.venv/bin/python .venv-aws/bin/python .venv-browser/bin/python: ;
