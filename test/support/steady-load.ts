// A load that goes on, at a fixed rate over connections that stay open, while a test does things to
// the mesh.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import { LOAD_DEFAULTS } from "#bench/load/load-options.ts";
import type { LoadErrors, LoadResult } from "#bench/load/load-result.ts";
import { runLoad } from "#bench/load/run-load.ts";

const ESTABLISHED = "01";
// A busy machine may hold everything up for as long; what is asked meanwhile waits for a connection.
const HELD_UP_MS = 250;

export type SteadyLoadOptions = {
  readonly url: string; // of a dependency
  readonly path?: string;
  readonly ratePerSecond?: number;
  readonly connections?: number;
};

export class SteadyLoad {
  readonly #url: URL;
  readonly #openMost: number;
  readonly #abort = new AbortController();
  readonly #result: Promise<LoadResult>;

  private constructor(options: SteadyLoadOptions) {
    const { url, path = "/", ratePerSecond = 200, connections = 8 } = options;
    this.#url = new URL(url);
    this.#openMost = connections + (ratePerSecond * HELD_UP_MS) / 1000;
    this.#result = runLoad(
      {
        ...LOAD_DEFAULTS,
        target: url,
        shapes: [{ method: "GET", path, headers: [], body: "", weight: 1 }],
        loop: { kind: "open", ratePerSecond, arrivals: "uniform", pacing: "timer" },
        connections,
      },
      { signal: this.#abort.signal },
    );
  }

  // It ends with the test, however that ends.
  static start(t: TestContext, options: SteadyLoadOptions): SteadyLoad {
    const load = new SteadyLoad(options);
    t.after(async () => void (await load.stop()));
    return load;
  }

  // Our ends of the connections to its target, by port: another port is another connection.
  get openPorts(): readonly string[] {
    const remote = hexOf(this.#url);
    return readFileSync("/proc/net/tcp", "latin1")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[2] === remote && fields[3] === ESTABLISHED)
      .map((fields) => fields[1]!.split(":")[1]!)
      .sort();
  }

  stop(): Promise<LoadResult> {
    this.#abort.abort();
    return this.#result;
  }

  async stopWithoutLoss(): Promise<LoadResult> {
    const result = await this.stop();
    assert.deepEqual(result.errors, NO_ERRORS);
    assert.deepEqual(result.statuses, [[200, result.answers]]);
    // Those on their way when it was stopped.
    assert.ok(result.abandoned <= this.#openMost, `${result.abandoned} abandoned`);
    return result;
  }
}

const NO_ERRORS: LoadErrors = {
  ...{ connect: 0, reset: 0, cut: 0 },
  ...{ framing: 0, timeout: 0, overload: 0 },
};

// As /proc/net/tcp writes it on little-endian machines: "0100407F:3A99".
function hexOf({ hostname, port }: URL): string {
  const bytes = Buffer.from(hostname.split(".").reverse().map(Number));
  const portHex = Number(port).toString(16).padStart(4, "0");
  return `${bytes.toString("hex")}:${portHex}`.toUpperCase();
}
