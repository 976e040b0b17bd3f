#!/bin/sh
# Installs a program from the Go module proxy into the cache folder, once, and prints its path.
#
#   tools/install-go-tool.sh NAME PACKAGE VERSION CHECK
#   tools/install-go-tool.sh h2spec github.com/summerwind/h2spec/cmd/h2spec v2.2.1+incompatible --version
#
# CHECK is an argument with which the program ends well by itself: one that was half installed
# fails it and is installed anew. Go verifies what it downloads against the checksum database, and
# against tools/go/NAME/go.sum where that folder pins what the program is built with (one that has
# no go.mod would get whatever is newest). A second run needs no network. Needs Go.
set -eu
name=$1
package=$2
version=$3
check=$4

folder=${WEFT_CACHE:-$HOME/.cache/weft}/go/$name@$version
program=$folder/$name
if [ -x "$program" ] && "$program" "$check" > /dev/null 2>&1; then
  echo "$program"
  exit 0
fi

go=$(command -v go || echo /usr/local/go/bin/go)
if [ ! -x "$go" ]; then
  echo "Cannot install $name: there is no Go. Install Go 1.26 or later, or put it on PATH" >&2
  exit 3
fi

# Installed beside its place and moved there, so that nobody ever finds half of it.
mkdir -p "$folder"
fresh=$(mktemp -d "$folder/fresh.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
log=$fresh/log
pins=$(dirname "$0")/go/$name
install() {
  export GOBIN="$fresh" GOTOOLCHAIN=local GOSUMDB=sum.golang.org
  if [ ! -d "$pins" ]; then
    GOFLAGS=-mod=mod "$go" install "$package@$version"
  elif grep -qF " $version" "$pins/go.mod"; then
    cd "$pins" && GOFLAGS=-mod=readonly "$go" install "$package"
  else
    echo "$pins/go.mod pins another version than $version"
    return 1
  fi
}
if ! (install) > "$log" 2>&1; then
  cat "$log" >&2
  echo "Cannot install $name: \`go install $package@$version\` failed, see above" >&2
  exit 3
fi
mv "$fresh/$(basename "$package")" "$program"
if ! "$program" "$check" > "$log" 2>&1; then
  cat "$log" >&2
  echo "Cannot use $name: \`$program $check\` failed, see above" >&2
  exit 3
fi
echo "$program"
