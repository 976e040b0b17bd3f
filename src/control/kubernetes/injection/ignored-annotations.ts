// What Istio and Linkerd read on a pod and Weft doesn't, with what holds instead. Other names under
// the same prefixes are reported too.

export type IgnoredAnnotation = {
  readonly name: string;
  readonly why: string;
  // Values that say what holds anyhow: nobody needs to hear of those.
  readonly holds?: readonly string[];
};

const NATIVE = "the proxy is a native sidecar: it starts before the application and ends after it";
const OWN_PORTS = "the proxy's ports are fixed";
const OWN_IMAGE = "the proxy is Weft's own; config.weft.dev/proxy-image names another image of it";

export const IGNORED_ANNOTATIONS: readonly IgnoredAnnotation[] = [
  { name: "proxy.istio.io/config", why: "it configures Envoy and its agent" },
  { name: "sidecar.istio.io/proxyImage", why: OWN_IMAGE },
  { name: "sidecar.istio.io/proxyImageType", why: OWN_IMAGE },
  { name: "sidecar.istio.io/nativeSidecar", why: NATIVE, holds: ["true"] },
  {
    name: "sidecar.istio.io/interceptionMode",
    why: "connections are redirected",
    holds: ["REDIRECT"],
  },
  { name: "sidecar.istio.io/userVolume", why: "volumes of the proxy are fixed" },
  { name: "sidecar.istio.io/userVolumeMount", why: "volumes of the proxy are fixed" },
  {
    name: "traffic.sidecar.istio.io/excludeInterfaces",
    why: "connections of all interfaces are captured",
  },
  { name: "status.sidecar.istio.io/port", why: OWN_PORTS, holds: ["15021"] },
  {
    name: "prometheus.istio.io/merge-metrics",
    why: "the proxy's metrics are its own, on port 15020",
    holds: ["false"],
  },
  { name: "inject.istio.io/templates", why: "there is one way to inject" },
  {
    name: "config.linkerd.io/skip-subnets",
    why: "connections from all addresses are captured; exclude their ports instead",
  },
  { name: "config.linkerd.io/proxy-enable-native-sidecar", why: NATIVE, holds: ["true"] },
  { name: "config.linkerd.io/proxy-await", why: NATIVE, holds: ["enabled"] },
  { name: "config.alpha.linkerd.io/proxy-enable-native-sidecar", why: NATIVE, holds: ["true"] },
  { name: "config.alpha.linkerd.io/proxy-wait-before-exit-seconds", why: NATIVE },
  { name: "config.linkerd.io/proxy-admin-shutdown", why: NATIVE },
  { name: "config.linkerd.io/proxy-log-format", why: "logs are JSON", holds: ["json"] },
  {
    name: "config.linkerd.io/default-inbound-policy",
    why: "who may call is for policies to say",
    holds: ["all-unauthenticated"],
  },
  {
    name: "config.linkerd.io/proxy-cpu-ratio-limit",
    why: "limits are quantities: config.weft.dev/proxy-cpu-limit",
  },
  { name: "config.linkerd.io/proxy-image", why: OWN_IMAGE },
  { name: "config.linkerd.io/proxy-version", why: OWN_IMAGE },
  { name: "config.linkerd.io/proxy-uid", why: "the proxy runs as 1337", holds: ["1337"] },
  { name: "config.linkerd.io/proxy-gid", why: "the proxy runs as 1337", holds: ["1337"] },
  { name: "config.linkerd.io/inbound-port", why: OWN_PORTS },
  { name: "config.linkerd.io/outbound-port", why: OWN_PORTS },
  { name: "config.linkerd.io/control-port", why: OWN_PORTS },
  { name: "config.linkerd.io/admin-port", why: OWN_PORTS },
];

// Every annotation that begins so is meant for an injector.
export const INJECTOR_PREFIXES: readonly string[] = [
  "config.weft.dev/",
  "sidecar.istio.io/",
  "traffic.sidecar.istio.io/",
  "readiness.status.sidecar.istio.io/",
  "status.sidecar.istio.io/",
  "proxy.istio.io/",
  "inject.istio.io/",
  "prometheus.istio.io/",
  "config.linkerd.io/",
  "config.alpha.linkerd.io/",
  "config.beta.linkerd.io/",
];
