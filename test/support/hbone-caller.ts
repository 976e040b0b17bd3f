// The outbound side of HBONE by itself: asks a port of another mesh's workload, as an exchange
// does once it has picked the endpoint.

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { systemClock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import type { UpstreamConnection } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { asksForTunnel, LENGTH_UNKNOWN, type RequestHead } from "#proxy/exchange/heads.ts";
import type { Endpoint } from "#proxy/pipeline/endpoint.ts";
import { HbonePort } from "#proxy/pipeline/hbone/hbone-port.ts";
import { hboneTools } from "#proxy/pipeline/hbone/hbone-tools.ts";
import { MeshConnections } from "#proxy/pipeline/mesh-connections.ts";
import { systemNetwork } from "#proxy/pipeline/network.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import type { HboneEndpointPlan } from "#snapshot/plan.ts";
import { slotWith } from "./mesh-fixture.ts";
import type { Material } from "./test-authority.ts";

const WORKLOAD = { namespace: "shop", name: "web" };

export function hbonePort(
  t: TestContext,
  material: Material,
  plan: Pick<HboneEndpointPlan, "address" | "port" | "meshPort" | "identity">,
): HbonePort {
  const clock = systemClock;
  const deadlines = new Deadlines(clock);
  const slot = slotWith(material);
  const tools = {
    ...{ clock, deadlines, limits: new LimitsInForce() },
    ...{ flusher: new TickFlusher(setImmediate), blocks: new BlockPool() },
  };
  const connections = new MeshConnections(clock, deadlines, slot, silentLog);
  const world = { clock, random: seededRandom(1), network: systemNetwork(clock) };
  const workload = { ...WORKLOAD, serviceAccount: "", app: "", version: "" };
  const port = new HbonePort(
    { speaks: "hbone", workload, ...plan },
    hboneTools({ workload: WORKLOAD }, world, slot, connections, tools),
  );
  t.after(() => port.close());
  return port;
}

export type Outcome = { readonly status: number; readonly text: string };

// Rejects with the failure where there is no answer.
export function askEndpoint(
  endpoint: Endpoint,
  asked: Partial<RequestHead>,
  sent = "",
): Promise<Outcome> {
  const head: RequestHead = {
    ...{ method: "GET", scheme: "http", authority: "things.shop", path: "/", headers: [] },
    contentLength: sent.length,
    ...asked,
  };
  const whole = asksForTunnel(head) ? { ...head, contentLength: LENGTH_UNKNOWN } : head;
  return new Promise((resolve, reject) => {
    const fail = (failure: Failure) => reject(new Error(`${failure.code}: ${failure.detail}`));
    const begin = (connection: UpstreamConnection): void => {
      let status = 0;
      let text = "";
      const upstream = connection.open(whole, {
        inform() {},
        head: (answer) => {
          status = answer.status;
        },
        data: (chunk) => {
          text += Buffer.from(chunk).toString("latin1");
        },
        end: () => resolve({ status, text }),
        fail,
        drained() {},
      });
      if (sent !== "") upstream.write(Buffer.from(sent));
      upstream.end();
    };
    const pool = endpoint.poolFor(whole);
    const ready = pool.take();
    if (ready) begin(ready);
    else assert.ok(pool.wait({ slotReady: begin, slotFailed: fail }));
  });
}
