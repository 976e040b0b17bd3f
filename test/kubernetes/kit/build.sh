#!/bin/sh
# Builds a Kubernetes, and what the tests run in it, from the Go module proxy into the cache folder,
# once, and prints the folder: bin/ has programs, crds/ the kinds of Gateway API and Istio,
# images/ what containerd imports.
#
# The first build takes about 17 minutes of processor time and 4 GB for Go's own caches; a second
# run needs neither network nor Go. Two that run at once: the second waits for the first. Go verifies
# what it downloads against the checksum database and go/*/go.sum.
set -eu
kit=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
cd "$kit"
hash_of() { cat "$@" | sha256sum | cut -c1-16; }

cache=${WEFT_CACHE:-$HOME/.cache/weft}/kubernetes
folder=$cache/$(hash_of go/*/*)
images=$folder/images-$(hash_of images.sh make-image.sh)
mkdir -p "$folder"
exec 9> "$cache/lock"
flock 9

# Every piece is made beside its place and moved there, so that nobody ever finds half of one.
fresh=
trap '[ -z "$fresh" ] || rm -rf "$fresh"' EXIT
trap 'exit 1' INT TERM
begin() { fresh=$(mktemp -d "$cache/fresh.XXXXXX"); }
finish() { # place
  rm -rf "$1"
  chmod 755 "$fresh"
  mv "$fresh" "$1"
  fresh=
}
find "$cache" -maxdepth 1 -name 'fresh.*' -exec rm -rf {} +

export CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly GOSUMDB=sum.golang.org
need_go() {
  go=$(command -v go || echo /usr/local/go/bin/go)
  if [ ! -x "$go" ]; then
    echo "Cannot build a Kubernetes: there is no Go. Install Go 1.26 or later, or put it on PATH" >&2
    exit 3
  fi
}

if [ ! -d "$folder/bin" ]; then
  need_go
  begin
  make() { # name module what
    echo "Building $1 ..." >&2
    (cd "go/$2" && "$go" build -trimpath -ldflags "${4:--s -w}" -o "$fresh/$1" "$3") >&2
  }
  kubernetes=$(sed -n 's/^require k8s.io\/kubernetes v//p; s/^\tk8s.io\/kubernetes v//p' go/hyper/go.mod | head -1)
  version=k8s.io/component-base/version
  minor=${kubernetes#1.}
  make hyper hyper . "-s -w -X $version.gitVersion=v$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=${minor%%.*}"
  ln -s hyper "$fresh/kubectl"
  make coredns coredns .
  make echo-basic gateway-conformance sigs.k8s.io/gateway-api/conformance/echo-basic
  make echo-client echo-advanced istio.io/istio/pkg/test/echo/cmd/client
  make echo-server echo-advanced istio.io/istio/pkg/test/echo/cmd/server
  echo "Building conformance.test ..." >&2
  (cd go/gateway-conformance && "$go" test -c -trimpath -ldflags '-s -w' -o "$fresh/conformance.test" .) >&2
  finish "$folder/bin"
fi
# The kinds of others: Gateway API's, of the version that the suite is for, and Istio's.
if [ ! -d "$folder/crds" ]; then
  need_go
  begin
  mkdir "$fresh/gateway-api" "$fresh/istio"
  api=$(cd go/gateway-conformance && "$go" mod download sigs.k8s.io/gateway-api && "$go" list -m -f '{{.Dir}}' sigs.k8s.io/gateway-api)
  cp "$api"/config/crd/experimental/gateway.*.yaml "$fresh/gateway-api/"
  api=$(cd go/echo-advanced && "$go" mod download istio.io/api && "$go" list -m -f '{{.Dir}}' istio.io/api)
  cp "$api"/kubernetes/customresourcedefinitions.gen.yaml "$fresh/istio/"
  chmod -R u+w "$fresh"
  finish "$folder/crds"
fi
if [ ! -d "$images" ]; then
  echo "Making images ..." >&2
  begin
  bash images.sh "$folder/bin" "$fresh" >&2
  finish "$images"
fi
ln -sfn "$(basename "$images")" "$folder/images"
echo "$folder"
