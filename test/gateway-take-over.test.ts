// A gateway is replaced again and again under load, and nobody notices.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { request } from "node:https";
import { type TestContext, test } from "node:test";
import { isRunning } from "#local/is-running.ts";
import { processStart } from "#local/process-start.ts";
import { eventually } from "#local/testing/eventually.ts";
import type { GatewayListenerPlan } from "#snapshot/gateway-plan.ts";
import { Callers } from "./support/callers.ts";
import { gatewayPlan, KeyFolder, listenerPlan, shopMesh, WEB } from "./support/gateway-mesh.ts";
import { gatewayProcesses } from "./support/gateway-processes.ts";
import { rawHttp1 } from "./support/raw-http1.ts";

const REPLACEMENTS = 5;
const ANSWERS_BETWEEN = 20;
const ALL = [{ host: "*", key: WEB }];

test("five replacements under load lose no request, on new connections or kept ones", async (t) => {
  const mesh = await shopMesh(t, {
    web: (_, response) => void setTimeout(() => response.end(), 5),
  });
  const { gateway, notes } = gatewayProcesses(t, mesh);
  const keys = await KeyFolder.make(t);
  const plain = listenerPlan("plain", { protocol: "http", hosts: ALL });
  const service = {
    protocol: "https",
    hosts: ALL,
    certificates: [await keys.issue(["*"])],
  } as const;
  const secure = listenerPlan("secure", service);
  const order = { plan: gatewayPlan([plain, secure]), keys: keys.keys };
  assert.equal(await gateway.serve(order), undefined);
  const url = `http://${plain.address}:${plain.port}/`;
  const kept = Callers.start(t, { url, callers: 3 });
  const fresh = [new Fresh(t, () => askPlain(plain)), new Fresh(t, () => askTls(secure))];
  const streams = new Fresh(t, () => askHttp2(secure));
  const all = () => [kept.answers, ...fresh.map(({ answers }) => answers), streams.answers];
  for (let i = 0; i < REPLACEMENTS; i++) {
    const from = all();
    const isMoving = () => all().every((now, at) => now > from[at]! + ANSWERS_BETWEEN);
    await eventually("answers come", isMoving, 20_000);
    const before = { pid: gateway.pid!, startTime: processStart(gateway.pid!) };
    assert.equal(await gateway.serve(order), undefined);
    assert.notEqual(gateway.pid, before.pid);
    assert.ok(!isRunning(before), "it has ended");
  }
  await Promise.all([kept.stop(), streams.stop(), ...fresh.map((one) => one.stop())]);
  t.diagnostic(`${all().join(", ")} answers`);
  const failures = [kept, ...fresh, streams].flatMap((one) => one.failures);
  assert.deepEqual([failures, notes], [[], []]);
});

test("one that can't serve changes nothing, and its sockets are given back", async (t) => {
  const mesh = await shopMesh(t);
  const { gateway } = gatewayProcesses(t, mesh);
  const plain = listenerPlan("plain", { protocol: "http", hosts: ALL });
  assert.equal(await gateway.serve({ plan: gatewayPlan([plain]), keys: [] }), undefined);
  const { pid } = gateway;
  const certificates = [{ hosts: ["*"], chainPem: "none", key: "none" }];
  const broken = listenerPlan("secure", { protocol: "https", hosts: ALL, certificates });
  const refusal = await gateway.serve({ plan: gatewayPlan([plain, broken]), keys: [] });
  assert.match(refusal ?? "", /the listener "secure": .* there is no key "none"/);
  assert.equal(gateway.pid, pid);
  const elsewhere = listenerPlan("elsewhere", { protocol: "http", hosts: ALL });
  const next = { plan: gatewayPlan([{ ...elsewhere, port: broken.port }]), keys: [] };
  assert.equal(await gateway.serve(next), undefined);
  const { port } = broken;
  assert.equal(await askPlain({ ...elsewhere, port }), "");
  assert.equal(await askPlain(plain), "plain: no answer");
});

// Asks again as soon as it has an answer.
class Fresh {
  readonly failures: string[] = [];
  answers = 0;
  #isStopped = false;
  readonly #done: Promise<void>;

  // `ask` resolves with what is wrong, "" for nothing.
  constructor(t: TestContext, ask: () => Promise<string>) {
    this.#done = this.#askOn(ask);
    t.after(() => this.stop());
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#done;
  }

  async #askOn(ask: () => Promise<string>): Promise<void> {
    while (!this.#isStopped) {
      const failure = await ask().catch((error: Error) => error.message);
      if (failure === "") this.answers++;
      else this.failures.push(failure);
    }
  }
}

async function askPlain(at: GatewayListenerPlan): Promise<string> {
  const asked = "GET / HTTP/1.1\r\nhost: web.example\r\nconnection: close\r\n\r\n";
  const { statuses, text } = await rawHttp1(at, asked);
  return statuses[0] === 200 ? "" : `plain: ${text.slice(0, 200) || "no answer"}`;
}

function askTls({ address: host, port }: GatewayListenerPlan): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ host, port, agent: false, rejectUnauthorized: false });
    asking.on("response", (response) => {
      response.resume().on("error", reject);
      response.on("end", () => resolve(response.statusCode === 200 ? "" : "another status"));
    });
    asking.on("error", reject);
    asking.end();
  });
}

async function askHttp2({ address, port }: GatewayListenerPlan): Promise<string> {
  const session = connectHttp2(`https://${address}:${port}`, { rejectUnauthorized: false });
  const streams = Array.from({ length: 3 }, () => session.request({ ":path": "/" }));
  const heads = await Promise.all(streams.map((stream) => once(stream.resume(), "response")));
  session.close();
  return heads.every(([head]) => head[":status"] === 200) ? "" : "another status";
}
