#!/bin/sh
# Installs Chromium where it is missing, for the tests of the dashboard's page. Needs root and a
# Debian; everything else about them comes with the dependencies.
set -eu
if [ -x /usr/bin/chromium ]; then exit 0; fi
sh "$(dirname "$0")/apt-install.sh" "test the dashboard" chromium
