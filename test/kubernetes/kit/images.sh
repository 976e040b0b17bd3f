#!/usr/bin/env bash
# Makes the images that a test cluster needs besides Weft's:  images.sh PROGRAMS_FOLDER OUT_FOLDER
set -euo pipefail
cd "$(dirname "$0")"
programs=$1 out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export RUNAS

# A shell with the usual tools.
mkdir -p "$work"/busybox/{bin,tmp,etc}
chmod 1777 "$work/busybox/tmp"
cp "$(command -v busybox)" "$work/busybox/bin/busybox"
for applet in $("$work/busybox/bin/busybox" --list); do
  [ "$applet" = busybox ] || ln -sf busybox "$work/busybox/bin/$applet"
done
echo 'root:x:0:0:root:/:/bin/sh' > "$work/busybox/etc/passwd"
RUNAS=0 ./make-image.sh "$out/busybox.tar" "$work/busybox" '["/bin/sh"]' weft.test/busybox:local docker.io/library/busybox:latest

# What holds a pod's namespaces open; it must end at once when it is asked to.
pause='["/bin/sh","-c","trap exit\\ 0 TERM INT; while :; do sleep 86400 & wait $!; done"]'
RUNAS=0 ./make-image.sh "$out/pause.tar" "$work/busybox" "$pause" registry.k8s.io/pause:3.10

mkdir "$work/coredns"
cp "$programs/coredns" "$work/coredns/"
RUNAS=0 ./make-image.sh "$out/coredns.tar" "$work/coredns" '["/coredns"]' weft.test/coredns:local

# What the conformance suite's manifests run, under every name that they use for it.
echo_basic=registry.k8s.io/gateway-api/echo-basic
mkdir "$work/echo-basic"
cp "$programs/echo-basic" "$work/echo-basic/"
RUNAS=65532 ./make-image.sh "$out/echo-basic.tar" "$work/echo-basic" '["/echo-basic"]' \
  $echo_basic:v1.5.1 $echo_basic:v1.6.0-dev.2 $echo_basic:v1.6.0-dev.3

advanced=$work/echo-advanced
cp -a "$work/busybox" "$advanced"
mkdir -p "$advanced/usr/local/bin"
cp "$programs/echo-client" "$advanced/usr/local/bin/client"
cp "$programs/echo-server" "$advanced/usr/local/bin/server"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
  -keyout "$advanced/cert.key" -out "$advanced/cert.crt" -subj /CN=echo \
  -addext 'subjectAltName=DNS:echo' 2> /dev/null
chmod 644 "$advanced/cert.key"
RUNAS=1338 ./make-image.sh "$out/echo-advanced.tar" "$advanced" '["/usr/local/bin/server"]' \
  registry.k8s.io/gateway-api/echo-advanced:v1.5.1
