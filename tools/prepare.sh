#!/bin/sh
# Sets up a checkout: dependencies (the pinned Node among them) and what must be built. Quiet and
# quick when nothing has changed. Needs npm; everything else comes with the dependencies.
set -eu
cd "$(dirname "$0")/.."

# One at a time: two would remove each other's work.
if command -v flock > /dev/null; then
  exec 9< package.json
  flock 9
fi

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Installing dependencies ..." >&2
  npm ci --no-fund --no-audit --loglevel=error >&2
  touch node_modules/.package-lock.json
fi

if [ ! -f dist/built ] || [ -n "$(find src tools/bundle-proxy.ts package.json tsconfig.json tsconfig.build.json -newer dist/built -print -quit)" ]; then
  echo "Building ..." >&2
  rm -rf dist.new
  node_modules/.bin/tsc -p tsconfig.build.json --outDir dist.new
  # Emitted files find each other by the same specifiers as the sources.
  printf '{ "type": "module", "imports": { "#*.ts": "./*.js" } }\n' > dist.new/package.json
  node_modules/.bin/node tools/bundle-proxy.ts dist.new
  touch dist.new/built
  # Built by itself, below.
  if [ -d dist/dashboard ]; then mv dist/dashboard dist.new/dashboard; fi
  rm -rf dist
  mv dist.new dist
fi

if [ ! -f dist/dashboard/index.html ] || [ -n "$(find dashboard package-lock.json ! -name '*.test.ts' -newer dist/dashboard/index.html -print -quit)" ]; then
  echo "Building the dashboard ..." >&2
  # By the pinned Node: the machine's own may be too old for it.
  node_modules/.bin/node node_modules/vite/bin/vite.js build dashboard \
    --outDir "$PWD/dist/dashboard.new" --logLevel warn >&2
  rm -rf dist/dashboard
  mv dist/dashboard.new dist/dashboard
fi

# The demo's one application that is compiled. Quiet, quick and optional.
sh examples/bookshop/prepare.sh
