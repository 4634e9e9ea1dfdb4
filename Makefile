.DEFAULT_GOAL := help
CARGO ?= cargo
PYTHON ?= python3
PEERS_FLAGS ?=

.PHONY: help
help: ## List the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: test
test: needs ## Every test; installs PostgreSQL first if it is missing.
	$(CARGO) test --workspace --all-features
	$(MAKE) test-containers

.PHONY: test-containers
test-containers: needs ## The image and the compose file, where a Docker engine answers.
	$(CARGO) test --workspace --all-features --test containers

.PHONY: needs
needs: ## Install what the tests need and this machine lacks.
	@./tests/install-needs

.PHONY: lint
lint: ## Formatting, lints and documentation, warnings as errors.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO) clippy --workspace --all-features --test containers -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items

.PHONY: deny
deny: ## Licences and advisories of the dependencies (needs cargo-deny and its advisory database).
	$(CARGO) deny check

.PHONY: bench
bench: ## Time a training step: every case, algorithm and noise against the core's peak.
	$(CARGO) bench -p driftsweep-simulation --bench steps

.PHONY: bench-peers
bench-peers: target/peers-venv/installed ## Time a step side by side with PyTorch, NumPy, numba and JAX (7 minutes; installs 6 GB first).
	PYTHONPYCACHEPREFIX=target/peers-venv/pycache target/peers-venv/bin/python benches/peers/compare.py $(PEERS_FLAGS)

target/peers-venv/installed: benches/peers/requirements.txt
	rm -rf target/peers-venv
	$(PYTHON) -m venv target/peers-venv
	target/peers-venv/bin/python -m pip install --require-hashes --only-binary :all: --requirement $<
	touch $@
