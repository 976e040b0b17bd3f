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
# shellcheck disable=SC2086 # names of packages, one a word
sh "$(dirname "$0")/apt-install.sh" measure $missing
