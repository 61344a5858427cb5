.PHONY: build test bench generate ci
build: ## the binary, in ./headroom
	go build -o headroom ./cmd/headroom
test: ## everything that must hold
	go test ./...
bench: ## the figures of BENCHMARKS.md
	go test -run '^$$' -bench . -benchmem ./...
generate: ## the reference documentation, from the code
	go generate ./...
ci: ## what continuous integration runs
	bash .ci/run
