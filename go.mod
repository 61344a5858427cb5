module github.com/headroom-sim/headroom

go 1.26.0
