#!/usr/bin/env bash
# Starts a component of the cluster in $STATE that up.sh has started before:  restart.sh NAME
set -euo pipefail
: "${STATE:?}"
name=$1
setsid "$STATE/run/$name" >> "$STATE/log/$name.log" 2>&1 < /dev/null &
pid=$!
others=$(awk -v name="$name" '$2 != name' "$STATE/pids")
printf '%s\n' ${others:+"$others"} "$pid $name" > "$STATE/pids"
