# pitboss. `make help` lists what can be made.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)
LINT    := bin/golangci-lint
FUZZTIME ?= 10s

export CGO_ENABLED = 1

.DEFAULT_GOAL := help
.PHONY: help build demo test lint bench quality quality-update fuzz fmt screenshot clean FORCE

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: bin/pitboss ## Build bin/pitboss (needs Go and gcc)

bin/pitboss: FORCE
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $@ ./cmd/pitboss

demo: build ## Run the whole flow on a made-up web, offline, into ./demo-data
	bin/pitboss demo

test: ## Run all tests; what this machine lacks is skipped with the reason
	$(GO) test -timeout 15m ./...

lint: $(LINT) ## Check style and the rooms' import rules with a pinned golangci-lint
	$(GO) vet ./...
	$(LINT) run ./...

# Built from source through the module proxy; no prebuilt binary is fetched.
$(LINT): .ci/tools/go.mod .ci/tools/go.sum
	@mkdir -p bin
	cd .ci/tools && $(GO) build -o ../../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

bench: ## Run the benchmarks of all rooms once
	$(GO) test -run '^$$' -bench . -benchmem -benchtime 1s ./...

quality: build ## Measure clustering on the demo web (and on PITBOSS_CORPUS) against the stored figures
	.ci/quality bin/pitboss

quality-update: build ## Store the figures that `make quality` compares with
	.ci/quality --update bin/pitboss

fuzz: ## Run every fuzz target for FUZZTIME (10s) each
	.ci/fuzz $(FUZZTIME)

fmt: $(LINT) ## Format the code
	$(LINT) fmt ./...

screenshot: build ## Take the README's picture of the demo's report (needs chromium)
	.ci/screenshot bin/pitboss docs/images/report.png

clean: ## Remove what was built and the demo's data
	rm -rf bin demo-data demo-report
