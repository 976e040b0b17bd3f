#!/usr/bin/env bash
# Writes a docker-archive that `ctr images import` takes, without a registry and without a daemon:
#
#   make-image.sh OUT.tar ROOT_FOLDER 'ENTRYPOINT as JSON' NAME...        RUNAS=uid, if not root
set -euo pipefail
out=$1 root=$2 entry=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf "$work/layer.tar" .
digest=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
case $(uname -m) in aarch64) architecture=arm64 ;; *) architecture=amd64 ;; esac
path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
config="\"Entrypoint\":$entry,\"Env\":[\"PATH=$path\"],\"WorkingDir\":\"/\",\"User\":\"${RUNAS:-0}\""
printf '{"architecture":"%s","os":"linux","created":"1970-01-01T00:00:00Z","config":{%s},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$architecture" "$config" "$digest" > "$work/config.json"
names=$(printf '"%s",' "$@")
printf '[{"Config":"config.json","RepoTags":[%s],"Layers":["layer.tar"]}]' "${names%,}" > "$work/manifest.json"
tar -C "$work" -cf "$out" manifest.json config.json layer.tar
