.DEFAULT_GOAL := help
CARGO ?= cargo
PYTHON ?= python3
PEERS_FLAGS ?=
QUEUE_FLAGS ?=

.PHONY: help
help: ## List the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: test
test: needs ## Every test; installs PostgreSQL and Chromium first if they are missing.
	$(CARGO) test --workspace --all-features
	$(MAKE) test-containers

.PHONY: test-faults
test-faults: needs ## Every fault again and again on real processes (root; half an hour); prints what was lost.
	DRIFTSWEEP_FAULTS=full $(CARGO) test --workspace --all-features --test faults
	@cat target/tmp/faults.md

.PHONY: test-schedules
test-schedules: needs ## Ten thousand seeded schedules of faults on each database (optimized).
	SCHEDULES=10000 $(CARGO) test --release -p driftsweep-shared --features testing --test schedules -- --nocapture

.PHONY: test-statistics
test-statistics: ## Random numbers by the billion, and reduced against plain kernels at full size (minutes, optimized).
	$(CARGO) test --release -p driftsweep-simulation --lib -- --ignored

.PHONY: test-mutations
test-mutations: needs ## Take each guard out of a copy of the tree; a test must notice (root; hours).
	@./tests/mutations/run

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

.PHONY: cost-coefficients
cost-coefficients: ## Measure the cost model's coefficients on this machine (4 minutes on an idle core).
	$(CARGO) run --release -- run benches/cost.yaml --slots 1 --database sqlite://target/bench/cost.db
	$(CARGO) run --release --example cost_coefficients -- sqlite://target/bench/cost.db

.PHONY: bench-cost
bench-cost: ## What the shipped cost model expects of thirty random jobs, and what they take (a minute).
	rm -f target/bench/random_30.db*
	$(CARGO) run --release -- run benches/random_30.yaml --slots 1 --database sqlite://target/bench/random_30.db
	$(CARGO) run --release --example cost_coefficients -- sqlite://target/bench/random_30.db | tail -n 1

.PHONY: bench-slots
bench-slots: ## Thirty equal jobs on one slot, then on two (a minute on two idle cores).
	rm -f target/bench/slots-*.db*
	for slots in 1 2; do \
	  $(CARGO) run --release -- run benches/slots.yaml --slots $$slots --database sqlite://target/bench/slots-$$slots.db; \
	  $(CARGO) run --release -- query --database sqlite://target/bench/slots-$$slots.db \
	    "SELECT $$slots AS slots, (max(ended_at_ms) - min(started_at_ms)) / 1000.0 AS seconds FROM attempts"; \
	done

.PHONY: bench-queue
bench-queue: needs ## Time the queue on SQLite and PostgreSQL: jobs a second, a million jobs, what people look at.
	$(CARGO) bench -p driftsweep-shared --features testing --bench queue -- $(QUEUE_FLAGS)

.PHONY: bench-peers
bench-peers: target/peers-venv/installed ## Time a step side by side with PyTorch, NumPy, numba and JAX (7 minutes; installs 6 GB first).
	PYTHONPYCACHEPREFIX=target/peers-venv/pycache target/peers-venv/bin/python benches/peers/compare.py $(PEERS_FLAGS)

.PHONY: bench-spectra-peers
bench-spectra-peers: target/peers-venv/installed ## Time the eigenvalues of a Hessian side by side with PyTorch and NumPy (4 minutes).
	PYTHONPYCACHEPREFIX=target/peers-venv/pycache target/peers-venv/bin/python benches/peers/spectra.py $(PEERS_FLAGS)

target/peers-venv/installed: benches/peers/requirements.txt
	rm -rf target/peers-venv
	$(PYTHON) -m venv target/peers-venv
	target/peers-venv/bin/python -m pip install --require-hashes --only-binary :all: --requirement $<
	touch $@
