#!/bin/sh
# Installs Prometheus where it is missing, for the tests that let it scrape a mesh, and starts no
# service. Needs root and a Debian.
set -eu
if [ -x /usr/bin/promtool ]; then exit 0; fi
sh "$(dirname "$0")/apt-install.sh" "test metrics" prometheus
