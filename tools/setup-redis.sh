#!/bin/sh
# Installs Redis where it is missing, for the tests that talk to it through the mesh, and starts no
# service. Needs root and a Debian.
set -eu
if [ -x /usr/bin/redis-server ]; then exit 0; fi
sh "$(dirname "$0")/apt-install.sh" "test with Redis" redis-server
