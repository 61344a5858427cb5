.PHONY: build test mutate swarm bench profile generate docs ci
build: ## the binary, in ./headroom
	go build -o headroom ./cmd/headroom
test: ## everything that must hold
	go test ./...
mutate: ## whether the tests notice faults: plants those of internal/mutate/faults.toml, one at a time (an hour)
	go run ./internal/mutate
swarm: ## random scenarios for a night: SEEDS of them, from seed FROM
	go test -count=1 -timeout 0 -v -run '^TestSwarm$$' ./models/site -swarm $(or $(SEEDS),10000) -swarm.from $(or $(FROM),0)
	go test -count=1 -timeout 0 -v -run '^TestSwarm$$' ./reports -swarm $(or $(SEEDS),10000) -swarm.from $(or $(FROM),0)
bench: ## the figures of BENCHMARKS.md
	go test -run '^$$' -bench . -benchmem ./...
profile: ## the profile that the compiler optimizes the program for: a busy day and the web farm
	go test -trimpath -run '^$$' -bench '^Benchmark(WorldCup98|WebFarm)$$' -benchtime 10x -cpuprofile "$(CURDIR)/cmd/headroom/default.pgo" ./experiments
generate: ## the reference documentation, from the code
	go generate ./...
docs: ## the figures, outputs and pictures in the documentation, from runs
	go test ./docs -count=1 -update -slow
ci: ## what continuous integration runs
	bash .ci/run
