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

if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "Cannot start a cluster without$missing: install them, or run this once as root on a Debian" >&2
  exit 3
fi
export DEBIAN_FRONTEND=noninteractive
# Debian starts a service as soon as its package is there, unless this says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
apt-get update -qq >&2
# shellcheck disable=SC2086 # names of packages, one a word
if ! apt-get install -y -qq --no-install-recommends $missing >&2; then
  echo "Cannot start a cluster without$missing: apt-get could not install them, see above" >&2
  exit 3
fi
