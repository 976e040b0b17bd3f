#!/bin/sh
# Builds shipping where there is Go, without a network. Where there is none, or it fails, `run`
# starts the TypeScript twin: nothing here ends the set-up.
set -eu
cd "$(dirname "$0")"

command -v go >/dev/null 2>&1 || exit 0
if [ -x .build/shipping ] && [ -z "$(find apps/shipping -newer .build/shipping -print -quit)" ]; then
  exit 0
fi

echo "Building examples/bookshop/apps/shipping ..." >&2
mkdir -p .build
if (cd apps/shipping && CGO_ENABLED=0 GOTOOLCHAIN=local GOPROXY=off GOWORK=off \
  go build -trimpath -o ../../.build/shipping.new . ) >.build/log 2>&1; then
  mv .build/shipping.new .build/shipping
  touch .build/shipping
else
  rm -f .build/shipping .build/shipping.new
  echo "Go could not build shipping (examples/bookshop/.build/log says why): its TypeScript twin runs instead" >&2
fi
