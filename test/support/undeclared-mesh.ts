// A caller and an application on a port of which nobody declares what it speaks. The caller's
// sidecar lives by a clock that the test turns.

import type { Server } from "node:net";
import type { TestContext } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { connectThrough } from "./connect-through.ts";
import { listenOn } from "./listen-on.ts";
import { type RunningProxy, SECRET, smallMesh } from "./small-mesh.ts";

const TURN_MS = 50;
const DOCUMENTS = `
apiVersion: v1
kind: Service
metadata: { name: things, namespace: shop }
spec:
  selector: { app: things }
  ports: [{ name: main, port: 80, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: things, namespace: shop, labels: { app: things } }
spec:
  command: ["true"]
  serviceAccount: things
  ports: [{ name: main, port: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
`;

export type UndeclaredMesh = {
  readonly clock: FakeClock;
  readonly caller: RunningProxy;
  // Through the caller's sidecar.
  readonly dial: () => ReturnType<typeof connectThrough>;
  // What the caller's /metrics counts: "tcp server-first 1".
  detected(): Promise<readonly string[]>;
};

export async function undeclaredMesh(
  t: TestContext,
  application: Pick<Server, "listen" | "address" | "close">,
  documents = "",
): Promise<UndeclaredMesh> {
  const port = await listenOn(application);
  t.after(() => application.close());
  const mesh = await smallMesh({ "mesh.yaml": `${DOCUMENTS}${documents}` });
  const clock = new FakeClock(Date.now());
  t.after(async () => {
    // It waits for its connections by its own clock.
    const turning = setInterval(() => clock.advance(1_000), TURN_MS);
    await mesh.close();
    clearInterval(turning);
  });
  await mesh.proxy("things", { application: { declared: 9000, port } });
  const caller = await mesh.proxy("caller", { clock });
  return {
    clock,
    caller,
    async dial() {
      const socket = await connectThrough(caller, "things:80", SECRET);
      socket.on("error", () => {});
      t.after(() => socket.destroy());
      return socket;
    },
    async detected() {
      const { address, port: metrics } = caller.settings.metrics;
      const answer = await fetch(`http://${address}:${metrics}/metrics`);
      return [...(await answer.text()).matchAll(DETECTED)].map(
        ([, protocol, reason, count]) => `${protocol} ${reason} ${count}`,
      );
    },
  };
}

const DETECTED = /^weft_detected_protocol_total\{.*protocol="(\w+)",reason="([\w-]+)"\} (\d+)$/gm;
