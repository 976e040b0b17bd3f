// Kinds that we know of and don't read yet, by group (docs/reference/documents.md). A document of
// one of them is no mistake; that it has no effect must be said.

const ISTIO_NETWORKING = "Gateway WorkloadGroup EnvoyFilter ProxyConfig";
const GATEWAY_API =
  "GatewayClass Gateway UDPRoute BackendTLSPolicy ListenerSet BackendTrafficPolicy";
const LINKERD_POLICY =
  "AuthorizationPolicy MeshTLSAuthentication NetworkAuthentication EgressNetwork " +
  "HTTPLocalRateLimitPolicy Server ServerAuthorization HTTPRoute";
const KUMA =
  "MeshAccessLog MeshCircuitBreaker MeshFaultInjection MeshHealthCheck MeshHTTPRoute " +
  "MeshTCPRoute MeshLoadBalancingStrategy MeshMetric MeshPassthrough MeshProxyPatch " +
  "MeshRateLimit MeshRetry MeshTimeout MeshTLS MeshTrace MeshTrafficPermission Mesh Dataplane " +
  "Workload MeshService MeshMultiZoneService MeshExternalService HostnameGenerator MeshIdentity " +
  "MeshTrust MeshOpenTelemetryBackend MeshZoneAddress";
const ENVOY_GATEWAY =
  "BackendTrafficPolicy ClientTrafficPolicy SecurityPolicy EnvoyExtensionPolicy " +
  "EnvoyPatchPolicy EnvoyProxy Backend HTTPRouteFilter";
const CILIUM =
  "CiliumNetworkPolicy CiliumClusterwideNetworkPolicy CiliumEnvoyConfig " +
  "CiliumClusterwideEnvoyConfig CiliumGatewayClassConfig";
const RBAC = "Role RoleBinding ClusterRole ClusterRoleBinding";

const KNOWN: ReadonlyMap<string, string> = new Map([
  ["networking.istio.io", ISTIO_NETWORKING],
  ["security.istio.io", "PeerAuthentication RequestAuthentication AuthorizationPolicy"],
  ["extensions.istio.io", "WasmPlugin TrafficExtension"],
  ["gateway.networking.k8s.io", GATEWAY_API],
  ["policy.linkerd.io", LINKERD_POLICY],
  ["linkerd.io", "ServiceProfile"],
  ["workload.linkerd.io", "ExternalWorkload"],
  ["multicluster.linkerd.io", "Link"],
  ["split.smi-spec.io", "TrafficSplit"],
  ["specs.smi-spec.io", "HTTPRouteGroup TCPRoute"],
  ["access.smi-spec.io", "TrafficTarget"],
  ["metrics.smi-spec.io", "TrafficMetrics"],
  ["cilium.io", CILIUM],
  ["kuma.io", KUMA],
  ["gateway.envoyproxy.io", ENVOY_GATEWAY],
  ["dapr.io", "Resiliency"],
  ["supergloo.solo.io", "Mesh MeshGroup Install MeshIngress RoutingRule SecurityRule"],
  ["", "Pod ConfigMap Secret Endpoints PersistentVolumeClaim PersistentVolume"],
  ["apps", "Deployment StatefulSet DaemonSet ReplicaSet"],
  ["batch", "Job CronJob"],
  ["autoscaling", "HorizontalPodAutoscaler"],
  ["policy", "PodDisruptionBudget"],
  ["discovery.k8s.io", "EndpointSlice"],
  ["networking.k8s.io", "Ingress IngressClass NetworkPolicy"],
  ["rbac.authorization.k8s.io", RBAC],
  ["apiextensions.k8s.io", "CustomResourceDefinition"],
]);

// Processes of a cluster: a Workload stands for them here.
const RUNS_PROCESSES = "Pod Deployment StatefulSet DaemonSet ReplicaSet Job CronJob".split(" ");

// Without them somebody may do what their author has forbidden.
const RESTRICTS =
  "AuthorizationPolicy RequestAuthentication Server ServerAuthorization TrafficTarget " +
  "NetworkPolicy CiliumNetworkPolicy CiliumClusterwideNetworkPolicy MeshTrafficPermission " +
  "SecurityPolicy SecurityRule";

export type KnownKind = { readonly runsProcesses: boolean; readonly restricts: boolean };

export function knownKind(group: string, kind: string): KnownKind | undefined {
  if (!KNOWN.get(group)?.split(" ").includes(kind)) return undefined;
  return {
    runsProcesses: RUNS_PROCESSES.includes(kind),
    restricts: RESTRICTS.split(" ").includes(kind),
  };
}

// Groups that have such a kind.
export function groupsOfKind(kind: string): readonly string[] {
  return [...KNOWN].filter(([, kinds]) => kinds.split(" ").includes(kind)).map(([group]) => group);
}

export function knownKinds(): readonly string[] {
  return [...KNOWN].flatMap(([group, kinds]) => kinds.split(" ").map((kind) => `${group}/${kind}`));
}
