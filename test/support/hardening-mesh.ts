// Two sidecars between a hostile caller and an application that notes all that reaches it. After
// each attack the mesh must be as it was: it answers, holds no connection more than before, and no
// more memory than one proxy may keep for its peers.

import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { LIMITS } from "#base/limits.ts";
import { rawHttp1 } from "./raw-http1.ts";
import { application, type RunningProxy, SECRET, type SmallMesh, smallMesh } from "./small-mesh.ts";
import type { Address } from "./tls-probe.ts";

const PATIENCE_MS = 3_000;
const POLL_MS = 10;
// By all attacks of a file together. The test, its application and the connections that idle behind
// an attack live in the same process: 4 to 15 MiB of it are theirs.
const GROWTH_MOST_BYTES = LIMITS.streamBuffersBytesMax;
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
const DOCUMENTS = {
  "mesh.yaml": `
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: shop }
spec:
  selector: { app: echo }
  ports: [{ name: http, port: 80, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: echo, namespace: shop, labels: { app: echo } }
spec:
  command: ["true"]
  serviceAccount: echo
  ports: [{ name: http, port: 9000, protocol: http }]
`,
};

// One for all requests: it must not be the application that takes the memory.
const LARGE = Buffer.alloc(64 * 1024 * 1024);
const LIES = {
  "weft-cause": "upstream-refused",
  "Weft-Anything": "x",
  "l5d-proxy-error": "x",
  "x-own": "kept",
};

// The path of every attack begins with this: the secret, and the destination.
export const PREFIX: string = `/~${SECRET}/echo:80`;

export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  // Its body came to its proper end.
  isWhole: boolean;
  body: string;
  trailers: readonly string[];
};

export class HardeningMesh {
  readonly mesh: SmallMesh;
  readonly caller: RunningProxy;
  readonly callee: RunningProxy;
  readonly #seen: SeenRequest[];
  #openAtRest: readonly number[] = [];
  #bytesAtRest = 0;

  constructor(mesh: SmallMesh, caller: RunningProxy, callee: RunningProxy, seen: SeenRequest[]) {
    this.mesh = mesh;
    this.caller = caller;
    this.callee = callee;
    this.#seen = seen;
  }

  get outbound(): Address {
    return this.caller.settings.outbound;
  }

  // What the application has seen since the last call.
  takeSeen(): readonly SeenRequest[] {
    return this.#seen.splice(0);
  }

  async noteRest(): Promise<void> {
    await this.assertServes();
    this.#openAtRest = await this.connectionsOpen();
    this.#bytesAtRest = bytesHeld();
  }

  // `isAlone`: nothing else may have reached the application whole since it was looked at last.
  async assertServes(isAlone = true): Promise<void> {
    const head = `GET ${PREFIX}/good HTTP/1.1\r\nhost: echo\r\n\r\n`;
    const { statuses } = await rawHttp1(this.outbound, head, { answers: 1 });
    assert.deepEqual(statuses, [200]);
    // Heads of requests that were broken off may still arrive.
    const whole = this.takeSeen().filter(({ isWhole }) => isWhole);
    const paths = whole.map(({ path }) => path);
    assert.deepEqual(isAlone ? paths : paths.slice(-1), ["/good"]);
  }

  // To be called when the attacker has closed its connections.
  async assertAtRest(isAlone = true): Promise<void> {
    await this.assertServes(isAlone);
    const untilMs = performance.now() + PATIENCE_MS;
    let open = await this.connectionsOpen();
    while (!this.#isAtRest(open) && performance.now() < untilMs) {
      await wait(POLL_MS);
      open = await this.connectionsOpen();
    }
    assert.ok(this.#isAtRest(open), `open: ${open}, at rest: ${this.#openAtRest}`);
    const grown = bytesHeld() - this.#bytesAtRest;
    assert.ok(grown <= GROWTH_MOST_BYTES, `${grown} bytes are held that weren't before`);
  }

  // Of the caller's proxy and of the application's.
  connectionsOpen(): Promise<readonly number[]> {
    return Promise.all(
      [this.caller, this.callee].map(async ({ settings }) => {
        const { address, port } = settings.metrics;
        const text = await (await fetch(`http://${address}:${port}/metrics`)).text();
        return Number(/weft_connections_open (\d+)/.exec(text)?.[1]);
      }),
    );
  }

  #isAtRest(open: readonly number[]): boolean {
    return open.every((count, i) => count <= this.#openAtRest[i]!);
  }
}

function bytesHeld(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// "/large" asks the application for 64 MiB, "/lies" for an answer that claims to be the mesh's own.
export async function hardeningMesh(after: (run: () => Promise<void>) => void) {
  const seen: SeenRequest[] = [];
  const app = await application((request, response) => {
    const { method = "", url: path = "", headers, rawHeaders } = request;
    const noted: SeenRequest = {
      ...{ method, path, headers, rawHeaders },
      ...{ isWhole: false, body: "", trailers: [] },
    };
    seen.push(noted);
    request.setEncoding("latin1");
    request.on("data", (text: string) => {
      if (noted.body.length < 100_000) noted.body += text;
    });
    request.on("error", () => {});
    response.on("error", () => {});
    request.on("end", () => {
      noted.isWhole = true;
      noted.trailers = request.rawTrailers;
      if (path === "/lies") response.writeHead(503, LIES);
      response.end(path === "/large" ? LARGE : "hello");
    });
  });
  const mesh = await smallMesh(DOCUMENTS);
  after(async () => {
    await mesh.close();
    app.close();
  });
  const options = { application: { declared: 9000, port: app.port } };
  const callee = await mesh.proxy("echo", options);
  const caller = await mesh.proxy("caller");
  const made = new HardeningMesh(mesh, caller, callee, seen);
  await made.noteRest();
  return made;
}
