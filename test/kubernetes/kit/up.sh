#!/usr/bin/env bash
# Starts a real Kubernetes cluster of one node, from what build.sh made:
#
#   up.sh api    etcd, API server, controller manager and scheduler on 127.0.0.1; needs no root
#   up.sh pods   the same in a network namespace, with containerd, kubelet and kube-proxy; needs root
#
# Then KUBECONFIG=$STATE/admin.conf works, and down.sh removes everything. From the environment:
#   KIT              the folder that build.sh prints
#   STATE            an empty folder for everything that this cluster writes
#   N                the cluster's number, 0 to 60: addresses, ports and names that it has alone
#   IMAGES           tar files to import, separated by blanks; unset: all of the kit's
#   APISERVER_FLAGS  further flags of the API server
#   CONTROLLERS_FLAGS  and of the controller manager
set -euo pipefail
MODE=${1:-api} N=${N:-0}
: "${KIT:?}" "${STATE:?}"
HERE=$(cd "$(dirname "$0")" && pwd)
HYPER=$KIT/bin/hyper
NAMESPACE=k8s$N NODE=node$N
PORT=$((6443 + N)) ETCD_PORT=$((23790 + 10 * N))
POD_NET=10.$((244 - N)) SERVICE_NET=10.$((96 + N))
POD_CIDR=$POD_NET.0.0/16 SERVICE_CIDR=$SERVICE_NET.0.0/16
API_SERVICE=$SERVICE_NET.0.1 DNS_SERVICE=$SERVICE_NET.0.10
HOST_IP=10.77.$N.1 NODE_IP=10.77.$N.2
IP=127.0.0.1
[ "$MODE" = pods ] && IP=$NODE_IP
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
if [ -e "$STATE/pids" ]; then
  echo "Already up: $STATE. Run down.sh first" >&2
  exit 1
fi
mkdir -p "$STATE"/{pki,log,etcd,run}
chmod 700 "$STATE"
: > "$STATE/pids"
echo "$MODE $NAMESPACE $POD_NET" > "$STATE/mode"
P=$STATE/pki

# --- One CA, a certificate each for API server, kubelet and what the API server asks others with,
# --- and a key for the tokens of service accounts.
openssl_quiet() { openssl "$@" 2> /dev/null; }
new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
certificate() { # name subject extension...
  local name=$1 subject=$2
  shift 2
  openssl_quiet req "${new_key[@]}" -keyout "$P/$name.key" -out "$P/$name.csr" -subj "$subject"
  printf '%s\n' "$@" > "$P/$name.ext"
  openssl_quiet x509 -req -in "$P/$name.csr" -CA "$P/ca.crt" -CAkey "$P/ca.key" -CAcreateserial \
    -days 3650 -extfile "$P/$name.ext" -out "$P/$name.crt"
}
openssl_quiet req -x509 "${new_key[@]}" -days 3650 -keyout "$P/ca.key" -out "$P/ca.crt" -subj /CN=test-ca
names=IP:127.0.0.1,IP:$NODE_IP,IP:$API_SERVICE,DNS:localhost
for name in kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local; do
  names=$names,DNS:$name
done
certificate apiserver /CN=kube-apiserver "subjectAltName=$names" extendedKeyUsage=serverAuth
certificate kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client extendedKeyUsage=clientAuth
certificate front-proxy-client /CN=front-proxy-client extendedKeyUsage=clientAuth
certificate kubelet "/O=system:nodes/CN=system:node:$NODE" "subjectAltName=IP:$NODE_IP,DNS:$NODE" \
  extendedKeyUsage=serverAuth,clientAuth
openssl_quiet genrsa -out "$P/sa.key" 2048

# --- Everybody signs in with a token of their own.
user() { # file user group
  local token
  token=$(openssl rand -hex 16)
  echo "$token,$2,$2${3:+,\"$3\"}" >> "$P/tokens.csv"
  cat > "$STATE/$1.conf" << END
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://$IP:$PORT", certificate-authority-data: $(base64 -w0 < "$P/ca.crt")}}]
users: [{name: u, user: {token: $token}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
END
}
user admin admin system:masters
user kcm system:kube-controller-manager
user scheduler system:kube-scheduler
user proxy system:kube-proxy
user kubelet "system:node:$NODE" system:nodes

# A component's command stays in $STATE/run, so that it can be started again: see restart.sh.
start() { # name command...
  local name=$1
  shift
  [ "$MODE" = pods ] && set -- nsenter "--net=/run/netns/$NAMESPACE" "$@"
  { echo '#!/bin/bash'; echo "exec$(printf ' %q' "$@")"; } > "$STATE/run/$name"
  chmod 755 "$STATE/run/$name"
  STATE=$STATE bash "$HERE/restart.sh" "$name"
}
wait_for() { # seconds what command...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" > /dev/null 2>&1; do
    if [ $SECONDS -ge $end ]; then
      echo "Timed out waiting for $what; see $STATE/log" >&2
      exit 1
    fi
    sleep 0.2
  done
}

# --- The node's network: a namespace, and one pair of interfaces to the host.
if [ "$MODE" = pods ]; then
  ip netns add "$NAMESPACE"
  ip -n "$NAMESPACE" link set lo up
  ip link add "$NAMESPACE-h" type veth peer name eth0 netns "$NAMESPACE"
  ip addr add "$HOST_IP/30" dev "$NAMESPACE-h"
  ip link set "$NAMESPACE-h" up
  ip -n "$NAMESPACE" addr add "$NODE_IP/30" dev eth0
  ip -n "$NAMESPACE" link set eth0 up
  ip -n "$NAMESPACE" route add default via "$HOST_IP"
  ip route add "$POD_CIDR" via "$NODE_IP"
  ip route add "$SERVICE_CIDR" via "$NODE_IP"
  nsenter "--net=/run/netns/$NAMESPACE" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
fi

etcd=http://127.0.0.1:$ETCD_PORT etcd_peer=http://127.0.0.1:$((ETCD_PORT + 1))
start etcd "$HYPER" etcd --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
  --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
  --listen-peer-urls "$etcd_peer" --initial-advertise-peer-urls "$etcd_peer" \
  --initial-cluster "default=$etcd_peer"
# shellcheck disable=SC2086 # flags, separated by blanks
start kube-apiserver "$HYPER" kube-apiserver --etcd-servers "$etcd" \
  --bind-address "$IP" --secure-port "$PORT" --advertise-address "$NODE_IP" \
  --tls-cert-file "$P/apiserver.crt" --tls-private-key-file "$P/apiserver.key" --client-ca-file "$P/ca.crt" \
  --token-auth-file "$P/tokens.csv" --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
  --service-cluster-ip-range "$SERVICE_CIDR" --service-account-issuer https://kubernetes.default.svc.cluster.local \
  --service-account-key-file "$P/sa.key" --service-account-signing-key-file "$P/sa.key" --allow-privileged \
  --kubelet-client-certificate "$P/kubelet-client.crt" --kubelet-client-key "$P/kubelet-client.key" \
  --kubelet-certificate-authority "$P/ca.crt" --kubelet-preferred-address-types InternalIP \
  --requestheader-client-ca-file "$P/ca.crt" --requestheader-allowed-names front-proxy-client \
  --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
  --requestheader-extra-headers-prefix X-Remote-Extra- --enable-aggregator-routing \
  --proxy-client-cert-file "$P/front-proxy-client.crt" --proxy-client-key-file "$P/front-proxy-client.key" \
  --runtime-config api/all=true ${APISERVER_FLAGS:-}
export KUBECONFIG=$STATE/admin.conf
admin=$(grep -m1 ,admin, "$P/tokens.csv" | cut -d, -f1)
wait_for 90 kube-apiserver curl -sf --cacert "$P/ca.crt" "https://$IP:$PORT/readyz" -H "Authorization: Bearer $admin"
start kube-controller-manager "$HYPER" kube-controller-manager --kubeconfig "$STATE/kcm.conf" \
  --bind-address 127.0.0.1 --secure-port $((10257 + 10 * N)) --leader-elect=false \
  --service-account-private-key-file "$P/sa.key" --root-ca-file "$P/ca.crt" --use-service-account-credentials \
  --cluster-signing-cert-file "$P/ca.crt" --cluster-signing-key-file "$P/ca.key" \
  --allocate-node-cidrs --cluster-cidr "$POD_CIDR" --service-cluster-ip-range "$SERVICE_CIDR" \
  ${CONTROLLERS_FLAGS:-}
start kube-scheduler "$HYPER" kube-scheduler --kubeconfig "$STATE/scheduler.conf" \
  --bind-address 127.0.0.1 --secure-port $((10259 + 10 * N)) --leader-elect=false
if [ "$MODE" = api ]; then
  wait_for 60 "the default service account" "$HYPER" kubectl get serviceaccount default
  exit
fi

# --- The node.
containerd=$STATE/containerd
mkdir -p "$containerd" "$STATE/cni" "$STATE/kubelet"
cat > "$containerd/config.toml" << END
version = 2
root = "$containerd/root"
state = "$containerd/run"
oom_score = 0
[grpc]
  address = "$containerd/c.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  disable_tcp_service = true
  tolerate_missing_hugetlb_controller = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$STATE/cni"
END
cat > "$STATE/cni/10-bridge.conflist" << END
{"cniVersion":"0.4.0","name":"pods","plugins":[
 {"type":"bridge","bridge":"cni0","isGateway":true,"hairpinMode":true,
  "ipam":{"type":"host-local","dataDir":"$STATE/ipam","ranges":[[{"subnet":"$POD_NET.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
END
start containerd containerd -c "$containerd/config.toml"
wait_for 60 containerd ctr -a "$containerd/c.sock" version
for image in ${IMAGES-"$KIT"/images/*.tar}; do
  ctr -a "$containerd/c.sock" -n k8s.io images import "$image" > /dev/null
done
# The parent of all its pods: in every controller of cgroup v1, or once in v2.
while read -r controller; do
  [ -e "$controller/cgroup.procs" ] && [ ! -e "$controller/cgroup.controllers" ] || continue
  mkdir -p "$controller/$NAMESPACE"
  if [ -e "$controller/cpuset.cpus" ]; then
    cat "$controller/cpuset.cpus" > "$controller/$NAMESPACE/cpuset.cpus"
    cat "$controller/cpuset.mems" > "$controller/$NAMESPACE/cpuset.mems"
  fi
done < <(find /sys/fs/cgroup -maxdepth 1 -mindepth 1 -type d)
[ -e /sys/fs/cgroup/cgroup.controllers ] && mkdir -p "/sys/fs/cgroup/$NAMESPACE"
cat > "$STATE/kubelet.yaml" << END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $P/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $P/kubelet.crt
tlsPrivateKeyFile: $P/kubelet.key
containerRuntimeEndpoint: unix://$containerd/c.sock
clusterDNS: [$DNS_SERVICE]
clusterDomain: cluster.local
cgroupDriver: cgroupfs
cgroupRoot: /$NAMESPACE
failCgroupV1: false
failSwapOn: false
makeIPTablesUtilChains: false
resolvConf: ""
registerNode: true
staticPodPath: ""
maxPods: 200
imageGCHighThresholdPercent: 100
evictionHard: {imagefs.available: "0%", nodefs.available: "0%", memory.available: "50Mi"}
podLogsDir: $STATE/pod-logs
END
# The kubelet changes these; the last down.sh puts them back.
sysctls=/run/weft-kubernetes.sysctls
if [ ! -e $sysctls ]; then
  for key in vm/overcommit_memory kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
    echo "$key $(cat /proc/sys/$key)" >> $sysctls
  done
fi
start kubelet "$HYPER" kubelet --config "$STATE/kubelet.yaml" --kubeconfig "$STATE/kubelet.conf" \
  --root-dir "$STATE/kubelet" --hostname-override "$NODE" --node-ip "$NODE_IP"
cat > "$STATE/proxy.yaml" << END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: $STATE/proxy.conf}
clusterCIDR: $POD_CIDR
hostnameOverride: $NODE
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
iptables: {minSyncPeriod: 0s}
END
start kube-proxy "$HYPER" kube-proxy --config "$STATE/proxy.yaml"
ready="$HYPER kubectl get node $NODE -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].status}' | grep -q True"
wait_for 90 "the node $NODE" sh -c "$ready"
wait_for 60 "the default service account" "$HYPER" kubectl get serviceaccount default
sed "s/DNS_SERVICE/$DNS_SERVICE/" "$HERE/dns.yaml" | "$HYPER" kubectl apply -f - > /dev/null
