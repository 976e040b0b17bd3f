#!/bin/sh
# Installs Prometheus where it is missing, for the tests that let it scrape a mesh, and starts no
# service. Needs root and a Debian.
set -eu
if [ -x /usr/bin/promtool ]; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
# Debian starts a service as soon as its package is there, unless this says no.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' > "$policy"
  chmod 755 "$policy"
fi
apt-get update -qq >&2
apt-get install -y -qq --no-install-recommends prometheus >&2
