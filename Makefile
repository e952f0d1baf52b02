# Thin: each target is one command. `make` alone says what there is.
.PHONY: help demo test soak bench lint openapi
.DEFAULT_GOAL := help

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: ## build, start on a sample company, and say where to look
	@tests/need.sh rust postgresql
	cargo build --release --locked -p cadastre
	@exec "$${CARGO_TARGET_DIR:-target}/release/cadastre" demo

test: ## everything that CI runs; installs what it needs
	@tests/run.sh

lint: ## format, clippy, documentation
	@tests/run.sh format clippy docs

openapi: ## write openapi/openapi.json anew from the code
	UPDATE=1 cargo test --locked -p cadastre-tests --test it -- house::openapi

bench: ## figures beside their limits, in release: make bench, make bench WHAT=lineage SQL='folder --dialect postgres'
	@tests/bench.sh $(WHAT) $(SQL)

soak: ## the crash tests in their long form
	@tests/soak.sh

