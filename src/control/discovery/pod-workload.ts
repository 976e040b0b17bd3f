// A pod with a proxy as a workload of the mesh.

import type { Labels } from "#ir/document.ts";
import type { Protocol, Service, Workload, WorkloadPort } from "#ir/model.ts";
import { isMeshPort } from "#ir/outside-target.ts";
import type { NodeFacts, PodFacts } from "#ir/pod.ts";
import { protocolOfPortName } from "#ir/protocol-of-port-name.ts";

const NODE = "kubernetes.io/hostname";
const NOTHING: ReadonlyMap<string, string> = new Map();

// Of a range that nobody lists by its ports.
const OPAQUE_MAX = 64;

type Found = { name: string; said: Set<Protocol>; named: Protocol };

// `services`: those of its namespace that select it.
export function podWorkload(
  pod: PodFacts,
  node: NodeFacts | undefined,
  services: readonly Service[],
): Workload {
  const { namespace, name, serviceAccount, controller, addresses } = pod;
  return {
    ...{ namespace, name, serviceAccount, controller, addresses },
    origin: { ref: { group: "", kind: "Pod", namespace, name }, position: undefined },
    labels: placedLabels(pod, node),
    ports: portsOf(pod, services),
    ...{ dependencies: [], command: [], workingFolder: undefined, environment: NOTHING },
    readiness: { kind: "none" },
  };
}

// Its own before its node's.
function placedLabels({ labels, node }: PodFacts, facts: NodeFacts | undefined): Labels {
  return new Map([...(facts?.labels ?? []), [NODE, node], ...labels]);
}

// Those that its containers declare, and those that services lead to. What a service says of a
// port counts; where none says anything, the container's name for it does.
function portsOf(
  { ports, opaquePorts }: PodFacts,
  services: readonly Service[],
): readonly WorkloadPort[] {
  const found = new Map<number, Found>();
  const at = (port: number, name: string): Found => {
    const known = found.get(port) ?? { name, said: new Set(), named: "detect" };
    found.set(port, known);
    return known;
  };
  for (const { name, port } of ports) at(port, name).named = protocolOfPortName(name);
  for (const service of services) {
    for (const { name, targetPort, protocol } of service.ports) {
      const target =
        typeof targetPort === "number"
          ? targetPort
          : ports.find((container) => container.name === targetPort)?.port;
      if (target !== undefined && protocol !== "detect") at(target, name).said.add(protocol);
      else if (target !== undefined) at(target, name);
    }
  }
  const isOpaque = (port: number) => opaquePorts.some(([a, b]) => a <= port && port <= b);
  for (const port of opaquePorts.flatMap(portsIn).slice(0, OPAQUE_MAX)) at(port, "");
  return [...found]
    .filter(([port]) => !isMeshPort(port))
    .sort(([a], [b]) => a - b)
    .map(([port, { name, said, named }]) => {
      if (isOpaque(port)) return { name, port, protocol: "tcp" };
      const [protocol = named, ...others] = said;
      return { name, port, protocol: others.length === 0 ? protocol : "detect" };
    });
}

function portsIn([first, last]: readonly [number, number]): readonly number[] {
  return Array.from({ length: Math.min(OPAQUE_MAX, last - first + 1) }, (_, i) => first + i);
}
