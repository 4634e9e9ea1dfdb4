.DEFAULT_GOAL := help
CARGO ?= cargo

.PHONY: help
help: ## List the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: test
test: needs ## Every test; installs PostgreSQL first if it is missing.
	$(CARGO) test --workspace --all-features

.PHONY: needs
needs: ## Install what the tests need and this machine lacks.
	@./tests/install-needs

.PHONY: lint
lint: ## Formatting, lints and documentation, warnings as errors.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --document-private-items

.PHONY: deny
deny: ## Licences and advisories of the dependencies (needs cargo-deny and its advisory database).
	$(CARGO) deny check
