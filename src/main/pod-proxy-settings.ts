// What the proxy of a pod is to be, from the environment that the injector gives its container.

import type { LogLevel } from "#base/log.ts";
import { formatSpiffeId } from "#identity/spiffe-id.ts";
import { familiesToProve, ipFamilies } from "#proxy/interception/ip-families.ts";
import type { ProxySettings } from "#proxy/pipeline/proxy-settings.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import { type Environment, podSettings } from "./pod-rules.ts";

const STATE_FOLDER = "/run/weft/proxy";
const JOIN_FOLDER = "/var/run/secrets/weft";
const CONTROL_ACCOUNT = "weft-control";
const SERVICE = /^[a-z0-9-]+\.(?<namespace>[a-z0-9-]+)\.svc(?:\.[a-z0-9.-]+)?$/;

export type PodProxy = { readonly settings: ProxySettings; readonly logLevel: LogLevel };

export type PodSystem = {
  readonly uid: number; // that this process runs as
  readonly interfaces: string | undefined; // /proc/net/if_inet6
  readonly version: string;
};

// Throws with a sentence that names what is missing or wrong.
export function podProxySettings(environment: Environment, system: PodSystem): PodProxy {
  const required = (name: string): string => {
    const value = environment[name] ?? "";
    if (value === "") throw new Error(`${name} is not set; the injector sets it`);
    return value;
  };
  const own = podSettings(environment);
  const namespace = required("WEFT_POD_NAMESPACE");
  const trustDomain = required("WEFT_TRUST_DOMAIN");
  const serviceAccount = required("WEFT_SERVICE_ACCOUNT");
  const addresses = required("WEFT_POD_IPS").split(",");
  const control = parseControl(required("WEFT_CONTROL"));
  const { listensIPv6 } = ipFamilies(system.interfaces);
  const everywhere = listensIPv6 ? "::" : "0.0.0.0";
  const loopback = listensIPv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"];
  const folder = environment["WEFT_JOIN_FOLDER"] ?? JOIN_FOLDER;
  const on = (address: string, port: number) => ({ address, port });
  const settings: ProxySettings = {
    version: system.version,
    workload: { namespace, name: required("WEFT_POD_NAME") },
    identity: formatSpiffeId({ trustDomain, namespace, serviceAccount }),
    stateFolder: environment["WEFT_STATE_FOLDER"] ?? STATE_FOLDER,
    control,
    controlIdentity: environment["WEFT_CONTROL_IDENTITY"] ?? identityOf(control, trustDomain),
    trust: [],
    token: undefined,
    joinFiles: { token: `${folder}/token`, trust: `${folder}/roots.pem` },
    secret: "",
    outbound: on("127.0.0.1", POD_PORTS.outbound),
    mesh: on(everywhere, POD_PORTS.mesh),
    metrics: on(everywhere, POD_PORTS.metrics),
    health: on(everywhere, POD_PORTS.health),
    tcp: [],
    application: [],
    readiness: { kind: "none" },
    interception: {
      outbound: loopback.map((address) => on(address, POD_PORTS.outbound)),
      inbound: [on(everywhere, POD_PORTS.inbound)],
      addresses,
    },
    rules: {
      settings: { owner: { uid: system.uid }, capture: own.capture },
      families: familiesToProve(system.interfaces),
    },
    probes: own.probes,
    limits: own.limits,
  };
  return { settings, logLevel: own.logLevel };
}

// "weft-control.weft-system.svc:15012"
function parseControl(text: string): Target {
  const colon = text.lastIndexOf(":");
  const port = Number(text.slice(colon + 1));
  if (colon < 1 || !(port >= 1 && port <= 65_535)) {
    throw new Error(
      `WEFT_CONTROL is "${text}"; right is a host and its port, with a colon between`,
    );
  }
  return { address: text.slice(0, colon), port };
}

// The account of the control plane in the namespace of its Service.
function identityOf({ address }: Target, trustDomain: string): string {
  const namespace = SERVICE.exec(address)?.groups?.["namespace"];
  if (namespace === undefined) {
    const right =
      "without WEFT_CONTROL_IDENTITY it must be a Service: weft-control.weft-system.svc";
    throw new Error(`The host of WEFT_CONTROL is "${address}"; ${right}`);
  }
  return formatSpiffeId({ trustDomain, namespace, serviceAccount: CONTROL_ACCOUNT });
}
