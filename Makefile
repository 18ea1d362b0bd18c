# The one door. A target is a line or two; anything with an `if` is in xtask.
.DEFAULT_GOAL := help
.PHONY: help need run test check lint bench bless areas web ci

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

need:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { echo "a C compiler is missing: apt-get install build-essential"; exit 1; }

run: need ## start with the bundled evening at http://127.0.0.1:8080, setting up what is missing
	@cargo xtask run

test: need ## everything: tidy, format, lints, tests, real clients, a real browser
	@cargo xtask test

check: need ## the quick look while writing: types and tidiness
	@cargo xtask check

lint: need ## format, lints and tidiness, Rust and web
	@cargo xtask lint

bench: need ## the figures of the README, measured here
	@cargo xtask bench

bless: need ## write golden and generated files anew; review them like code
	@cargo xtask bless

areas: need ## generate the bundled area set from registry packages
	@cargo xtask areas

web: need ## build the page into web/dist
	@cargo xtask web

ci: ## what the machine that judges runs
	@.ci/run
