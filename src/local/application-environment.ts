// What an application learns of the mesh: its own ports, and that its way to others leads through
// its sidecar. What its document sets comes last and so has the last word.

import { delimiter } from "node:path";
import type { Address } from "#main/bootstrap.ts";

export type ApplicationSetting = {
  readonly workload: { readonly namespace: string; readonly name: string };
  readonly ports: readonly { readonly name: string; readonly port: number }[]; // as it gets them
  readonly dependencies: readonly ApplicationDependency[];
  readonly outbound: Address; // of its sidecar
  readonly secret: string;
  readonly nodeFolder: string; // of the pinned Node
  readonly inherited: ReadonlyMap<string, string>;
  readonly declared: readonly (readonly [name: string, value: string])[];
};

export type ApplicationDependency = {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
};

export function applicationEnvironment(setting: ApplicationSetting): ReadonlyMap<string, string> {
  const { workload, inherited, declared, nodeFolder } = setting;
  const path = inherited.get("PATH");
  return new Map([
    ...inherited,
    // `node` in a command is the Node that comes with Weft, whatever else is installed.
    ["PATH", path ? `${nodeFolder}${delimiter}${path}` : nodeFolder],
    ["WEFT_WORKLOAD", `${workload.namespace}/${workload.name}`],
    ...portVariables(setting),
    ...proxyVariables(setting),
    ...dependencyVariables(setting),
    ...declared,
  ]);
}

function portVariables({ ports }: ApplicationSetting): [string, string][] {
  const [first] = ports;
  return [
    ...(first ? [["PORT", String(first.port)] satisfies [string, string]] : []),
    ...ports
      .filter(({ name }) => name !== "")
      .map(({ name, port }): [string, string] => [`PORT_${variableName(name)}`, String(port)]),
  ];
}

// In both cases of the names that programs look for; curl reads only the small http_proxy.
function proxyVariables({ outbound, secret }: ApplicationSetting): [string, string][] {
  const proxy = `http://weft:${secret}@${outbound.address}:${outbound.port}`;
  // The sidecar's own address, too: a dependency's URL names it, and is no errand for a proxy.
  const direct = [...new Set(["127.0.0.1", "localhost", "::1", outbound.address])].join(",");
  return [
    ["http_proxy", proxy],
    ["HTTP_PROXY", proxy],
    ["https_proxy", proxy],
    ["HTTPS_PROXY", proxy],
    ["no_proxy", direct],
    ["NO_PROXY", direct],
    ["NODE_USE_ENV_PROXY", "1"],
  ];
}

// WEFT_REVIEWS_URL. A second port of one service, or its namesake elsewhere, gets its namespace and
// port into the name; the first keeps the short one.
function dependencyVariables(setting: ApplicationSetting): [string, string][] {
  const variables = new Map<string, string>();
  for (const { namespace, service, port, protocol } of setting.dependencies) {
    if (protocol !== "http") continue;
    const { address, port: outboundPort } = setting.outbound;
    const short = `WEFT_${variableName(service)}_URL`;
    const long = `WEFT_${variableName(service)}_${variableName(namespace)}_${port}_URL`;
    variables.set(
      variables.has(short) ? long : short,
      `http://${address}:${outboundPort}/~${setting.secret}/${service}.${namespace}:${port}`,
    );
  }
  return [...variables];
}

function variableName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}
