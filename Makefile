# Each target is one line that also works without make: the README shows both.
PYTHON ?= python3

.PHONY: demo test
demo:
	$(PYTHON) scripts/environment.py && .venv/bin/earnest demo $(if $(ONCE),--once)

test:
	$(PYTHON) scripts/environment.py --dev && sh scripts/test.sh
