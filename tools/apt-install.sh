#!/bin/sh
# apt-install.sh WHAT PACKAGE...: installs packages of Debian and starts no service. WHAT can't be
# done without them: "measure". Exits with 3 where this is no Debian, or not root, or it fails.
set -eu
what=$1
shift
if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
  echo "Cannot $what without $*: install them, or run this once as root on a Debian" >&2
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
if ! apt-get install -y -qq --no-install-recommends "$@" >&2; then
  echo "Cannot $what without $*: apt-get could not install them, see above" >&2
  exit 3
fi
