.DEFAULT_GOAL := help
.PHONY: help install demo video up drills test test-browser check proto lint-proto release-contracts chart bench lock clean
UV := .venv/bin/uv
RUN := .venv/bin/
BUF := npx --yes @bufbuild/buf@1.75.0
RELEASED := proto/released/hiddenhill.binpb
PAPER ?=
OUT ?= out/video.mp4

help: ## print the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed ## install everything into .venv

$(UV):
	python3 -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==0.13.8"

.venv/installed: $(UV) pyproject.toml chassis/pyproject.toml cli/pyproject.toml standins/pyproject.toml vendors/pyproject.toml $(wildcard services/*/pyproject.toml)
	$(UV) sync --quiet --all-packages
	@touch $@

demo: install ## make the sample paper's video at out/demo.mp4
	@mkdir -p out
	$(RUN)hiddenhill make samples/nightingale/nightingale.xml -o out/demo.mp4

video: install ## make a video of PAPER=<PMID, PMCID, DOI, arXiv id, URL or file> at OUT=out/video.mp4
	@test -n "$(PAPER)" || { echo "usage: make video PAPER=<id, URL or file> [OUT=file.mp4]"; exit 2; }
	@mkdir -p "$$(dirname "$(OUT)")"
	$(RUN)hiddenhill make "$(PAPER)" -o "$(OUT)"

up: install ## start the whole stack and print its address
	$(RUN)hiddenhill up

test: install ## run all tests
	$(RUN)pytest -q -n 2 --dist loadfile --no-loadscope-reorder

drills: install ## kill and break for minutes, upgrade and roll back under load: see tests/providers, tests/upgrade
	$(RUN)pytest -q -m drill tests

test-browser: install ## run the journeys in a real Chromium; installs Debian's where it is missing
	@scripts/chromium.sh
	$(RUN)pytest -q -m browser -p no:unraisableexception tests/browser  # a browser's driver may outlive its handle

check: install ## lint, types, import rules, generated code, protos
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)python proto/generate.py --check
	@if command -v npx >/dev/null; then $(MAKE) --no-print-directory lint-proto; \
	else echo "npx is not here: whether the protos break what was released is not checked"; fi

proto: install ## generate the Python code of proto/
	$(RUN)python proto/generate.py

lint-proto: ## lint proto/, and refuse what breaks the released protos (needs npm)
	$(BUF) lint proto
	$(BUF) breaking proto --against $(RELEASED)

release-contracts: install lint-proto ## keep protos and artifacts as they are now as the released ones
	$(BUF) build proto --exclude-source-info -o $(RELEASED)
	$(RUN)python tests/upgrade/keep_released.py

chart: install .venv/bin/helm ## lint, render and check the Helm chart of deploy/helm
	.venv/bin/helm lint --quiet --strict deploy/helm/hiddenhill --set trial.enabled=true
	$(RUN)python scripts/chart_readme.py --check
	$(UV) run --quiet --all-packages --group chart pytest -q -n 2 --dist loadscope -m chart tests/chart

.venv/bin/helm: scripts/helm.py | install
	$(RUN)python scripts/helm.py

bench: install ## measure and print README's figures
	$(RUN)python -m benchmarks

images: ## build every service's image (needs buildah; BASE=<image> where there is a registry)
	@scripts/images.sh

images-job: install ## run a whole job through the images (needs podman and root)
	$(RUN)python scripts/images_job.py out/images.mp4

lock: $(UV) ## take the newest versions and pin them
	$(RUN)python scripts/lock.py

clean: ## remove what was installed and made
	rm -rf .venv out
