// A mesh with a caller in the namespace `shop` and another in `other`, and documents about what lies
// outside. Applications outside answer with who they are, and what they saw.

import { systemClock } from "#base/clock.ts";
import { netDial } from "#proxy/transport/net-dial.ts";
import type { ProxyOptions, RunningProxy, SmallMesh } from "./small-mesh.ts";
import { application, smallMesh } from "./small-mesh.ts";

type Test = { after(run: () => void | Promise<void>): void };

export const CALLERS = ["shop", "other"]
  .map(
    (namespace) => `---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller-${namespace}, namespace: ${namespace}, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
`,
  )
  .join("");

export type Outside = { readonly port: number; readonly hosts: readonly string[] };

export async function outsideApplication(t: Test, name: string): Promise<Outside> {
  const hosts: string[] = [];
  const made = await application((request, response) => {
    hosts.push(request.headers.host ?? "");
    response.end(name);
  });
  t.after(() => made.close());
  return { port: made.port, hosts };
}

export async function outsideMesh(
  t: Test,
  documents: string,
  lookUp?: (host: string) => Promise<readonly string[]>,
): Promise<SmallMesh> {
  const mesh = await smallMesh({ "a.yaml": CALLERS, "b.yaml": documents }, undefined, lookUp);
  t.after(() => mesh.close());
  return mesh;
}

// Where names resolve as the test says, and 192.0.2.0/24 (RFC 5737) is this machine.
export function withNames(
  addresses: Readonly<Record<string, readonly string[]>>,
): Pick<ProxyOptions, "network"> {
  const dial = netDial(systemClock);
  return {
    network: {
      resolve: (host, found) => setImmediate(() => found(addresses[host] ?? [], "ENOTFOUND")),
      dial(target, timeoutMs, events) {
        const isOurs = target.address.startsWith("192.0.2.");
        return dial({ ...target, ...(isOurs && { address: "127.0.0.1" }) }, timeoutMs, events);
      },
    },
  };
}

// "v1", or the status with its cause.
export async function askOf(caller: RunningProxy, key: string, path = "/"): Promise<string> {
  const answer = await fetch(`${caller.url(key)}${path}`);
  const text = await answer.text();
  if (answer.status === 200) return text;
  return `${answer.status} ${answer.headers.get("weft-cause") ?? ""}`;
}
