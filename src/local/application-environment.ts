// What an application learns of the mesh: its own ports, and that its way to others leads through
// its sidecar. What its document sets comes last and so has the last word.

import { delimiter } from "node:path";
import type { Address } from "#main/bootstrap.ts";
import { dependencyKey } from "./dependency-listeners.ts";

export type ApplicationSetting = {
  readonly workload: { readonly namespace: string; readonly name: string };
  readonly ports: readonly { readonly name: string; readonly port: number }[]; // as it gets them
  readonly dependencies: readonly ApplicationDependency[];
  readonly tcp: readonly { readonly key: string; readonly listener: Address }[];
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

// WEFT_REVIEWS_URL, WEFT_REDIS_HOST and _PORT. A second port of one service, or its namesake
// elsewhere, gets its namespace and port into the name; the first keeps the short one.
function dependencyVariables(setting: ApplicationSetting): [string, string][] {
  const variables = new Map<string, string>();
  for (const dependency of setting.dependencies) {
    const { namespace, service, port } = dependency;
    const values = dependencyValues(setting, dependency);
    const short = `WEFT_${variableName(service)}`;
    const space = namespace === "" ? "" : `_${variableName(namespace)}`;
    const long = `${short}${space}_${port}`;
    const isTaken = values.some(([suffix]) => variables.has(short + suffix));
    for (const [suffix, value] of values) variables.set((isTaken ? long : short) + suffix, value);
  }
  return [...variables];
}

function dependencyValues(
  { outbound, secret, tcp }: ApplicationSetting,
  dependency: ApplicationDependency,
): readonly (readonly [suffix: string, value: string])[] {
  const wanted = dependencyKey(dependency);
  if (dependency.protocol === "http") {
    return [["_URL", `http://${outbound.address}:${outbound.port}/~${secret}/${wanted}`]];
  }
  const found = tcp.find(({ key }) => key === wanted)?.listener;
  return found
    ? [
        ["_HOST", found.address],
        ["_PORT", String(found.port)],
      ]
    : [];
}

function variableName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}
