// A load from inside the mesh: a Job, which completes only if its proxy ends after it.

import assert from "node:assert/strict";
import type { LoadResult } from "#bench/load/load-result.ts";
import { eventually } from "#local/testing/eventually.ts";
import type { Cluster } from "./cluster.ts";
import { weftImage } from "./images.ts";

const START_WITHIN_MS = 120_000;
const OTHER_USER = 1000;

export class LoadJob {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #name: string;
  readonly #seconds: number;

  private constructor(cluster: Cluster, namespace: string, name: string, seconds: number) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#name = name;
    this.#seconds = seconds;
  }

  // Answers when it asks its first requests. `args` for the load generator, besides the duration.
  static async start(
    cluster: Cluster,
    namespace: string,
    name: string,
    seconds: number,
    args: readonly string[],
  ): Promise<LoadJob> {
    const load = ["/weft/dist/bench/load/main.js", `--duration=${seconds}`, "--json", ...args];
    // As the image's own user it would pass for the proxy, whose connections aren't intercepted.
    const securityContext = { runAsUser: OTHER_USER };
    const container = { name: "load", image: weftImage(), args: load, securityContext };
    const job = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, namespace },
      spec: {
        backoffLimit: 0,
        template: { spec: { restartPolicy: "Never", containers: [container] } },
      },
    };
    await cluster.apply([job]);
    const started = async () => {
      const pods = await cluster.get("pods", "-n", namespace, "-l", `job-name=${name}`);
      return pods.items[0]?.status.containerStatuses?.[0]?.started === true;
    };
    await eventually(`the load ${name} runs`, started, START_WITHIN_MS);
    return new LoadJob(cluster, namespace, name, seconds);
  }

  async result(): Promise<LoadResult> {
    const job = `job/${this.#name}`;
    const seconds = this.#seconds + 60;
    const wait = ["wait", job, "-n", this.#namespace, "--for=condition=Complete"];
    await this.#cluster.kubectl([...wait, `--timeout=${seconds}s`], { withinMs: seconds * 1_100 });
    const lines = (await this.#cluster.logs(this.#namespace, job, "load")).trim().split("\n");
    await this.#cluster.kubectl(["delete", job, "-n", this.#namespace, "--wait=false"]);
    return JSON.parse(lines.at(-1)!);
  }

  // All of it was answered, and well.
  async expectNoFailure(least: number): Promise<void> {
    const { requests, successRate, statuses, errors } = await this.result();
    assert.ok(requests >= least, `only ${requests} requests`);
    const bad = statuses.filter(([status]) => status >= 400);
    const told = JSON.stringify({ requests, statuses, errors });
    assert.deepEqual({ successRate, bad }, { successRate: 1, bad: [] }, told);
  }
}
