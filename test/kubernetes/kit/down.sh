#!/usr/bin/env bash
# Ends what up.sh started in $STATE, by process id, and removes all that it left: pods, mounts,
# network namespaces, cgroups, and the folder. Also after a half-finished up.sh, and twice.
set -uo pipefail
: "${STATE:?}"
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
[ -e "$STATE/mode" ] || exit 0
touch "$STATE/pids"
read -r MODE NAMESPACE POD_NET < "$STATE/mode"
# A number may have been given to another process since: only those that run from here are ended.
pid() {
  local found
  for found in $(awk -v name="$1" '$2 == name { print $1 }' "$STATE/pids"); do
    if tr '\0' ' ' < "/proc/$found/cmdline" 2> /dev/null | grep -qE "hyper (etcd|kube)|containerd -c|$STATE"; then
      echo "$found"
    fi
  done
}
end() { # pid...
  local each left
  for each in "$@"; do kill -9 "$each" 2> /dev/null; done
  for _ in $(seq 50); do
    left=
    for each in "$@"; do kill -0 "$each" 2> /dev/null && left=1; done
    [ -z "$left" ] && return
    sleep 0.1
  done
}
# shellcheck disable=SC2046 # numbers, one a word
end $(pid kubelet) $(pid kube-proxy) $(pid kube-scheduler) $(pid kube-controller-manager)
socket=$STATE/containerd/c.sock
containers() { timeout 20 ctr -a "$socket" -n k8s.io "$@" 2> /dev/null; }
if [ -S "$socket" ] && [ -n "$(pid containerd)" ]; then
  for task in $(containers tasks ls -q); do containers tasks kill -s SIGKILL "$task"; done
  sleep 0.5
  for container in $(containers containers ls -q); do
    containers tasks rm -f "$container" > /dev/null
    containers containers rm "$container" > /dev/null
  done
fi
# Shims outlive a containerd that was killed.
for shim in $(pgrep -f "containerd-shim.*-address $socket"); do kill -9 "$shim" 2> /dev/null; done
# shellcheck disable=SC2046
end $(pid containerd) $(pid kube-apiserver) $(pid etcd)
if [ "$MODE" = pods ]; then
  for mount in $(findmnt -rno TARGET | grep -F "$STATE/" | sort -r); do umount -l "$mount"; done
  for namespace in $(ls /run/netns 2> /dev/null | grep ^cni-); do
    ip -n "$namespace" -br addr 2> /dev/null | grep -qF " $POD_NET." && ip netns del "$namespace"
  done
  find /var/log/containers -lname "$STATE/*" -delete 2> /dev/null
  ip link del "$NAMESPACE-h" 2> /dev/null
  ip netns del "$NAMESPACE" 2> /dev/null
  sysctls=/run/weft-kubernetes.sysctls
  if [ -e $sysctls ] && ! ls /run/netns/k8s[0-9]* > /dev/null 2>&1; then
    while read -r key value; do echo "$value" > "/proc/sys/$key"; done < $sysctls
    rm $sysctls
  fi
  for group in /sys/fs/cgroup/*/"$NAMESPACE" /sys/fs/cgroup/"$NAMESPACE"; do
    [ -d "$group" ] && find "$group" -depth -type d -exec rmdir {} + 2> /dev/null
  done
fi
rm -rf "$STATE"
