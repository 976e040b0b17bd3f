#!/bin/sh
# Installs what a test cluster needs from Debian where it is missing, and starts no service.
# Installing needs root and a Debian; a machine that has everything needs neither.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
missing=
need() { # package program
  command -v "$2" > /dev/null || missing="$missing $1"
}
need containerd containerd
need runc runc
need iptables iptables
need conntrack conntrack
need tcpdump tcpdump
need busybox-static busybox
need openssl openssl
need curl curl
need iproute2 ip
need procps pgrep
need util-linux nsenter
/usr/bin/python3 -I -c 'import http.server, sqlite3' 2> /dev/null || missing="$missing python3"
[ -x /usr/lib/cni/bridge ] || missing="$missing containernetworking-plugins"
[ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
if [ -z "$missing" ]; then exit 0; fi
# shellcheck disable=SC2086 # names of packages, one a word
sh "$(dirname "$0")/../../../tools/apt-install.sh" "start a cluster" $missing
