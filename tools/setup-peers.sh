#!/bin/sh
# Installs HAProxy, nginx and OpenSSL where they are missing, for the measurements in bench/, and
# starts no service. Installing needs root and a Debian; a machine that has them needs neither.
set -eu
PATH=$PATH:/usr/local/sbin:/usr/sbin
missing=
command -v haproxy > /dev/null || missing="$missing haproxy"
command -v nginx > /dev/null || missing="$missing nginx-light"
command -v openssl > /dev/null || missing="$missing openssl"
if [ -z "$missing" ]; then exit 0; fi

if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "Cannot measure without$missing: install them, or run this once as root on a Debian" >&2
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
  echo "Cannot measure without$missing: apt-get could not install them, see above" >&2
  exit 3
fi
