#!/bin/sh
# Builds a real OpenTelemetry collector (OTLP in, printed out) into the cache folder, once, and
# prints its path. tools/go/otelcol pins everything that it is made of; Go verifies it. A second run
# needs no network. Needs Go.
set -eu
cd "$(dirname "$0")/go/otelcol"
sum=$(cat go.mod go.sum main.go | sha256sum | cut -c 1-16)
program=${WEFT_CACHE:-$HOME/.cache/weft}/go/otelcol@$sum/otelcol
if [ ! -x "$program" ]; then
  go=$(command -v go || echo /usr/local/go/bin/go)
  if [ ! -x "$go" ]; then
    echo "Cannot build a collector: there is no Go. Install Go 1.26 or later, or put it on PATH" >&2
    exit 3
  fi
  mkdir -p "$(dirname "$program")"
  # Moved to its place when it is whole.
  GOFLAGS=-mod=readonly GOTOOLCHAIN=local "$go" build -o "$program.$$" . >&2
  mv "$program.$$" "$program"
fi
echo "$program"
