// A real Prometheus of the test's own, on loopback, that scrapes what it is told every second.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "#local/testing/eventually.ts";
import { freePort } from "./free-port.ts";

const LOOPBACK = "127.0.0.1";

export type Sampled = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
};

export type Linted = { readonly code: number | null; readonly complaints: readonly string[] };

export class PrometheusProcess {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #url: string;

  private constructor(child: ChildProcess, folder: string, url: string) {
    this.#child = child;
    this.#folder = folder;
    this.#url = url;
  }

  static install(): void {
    const { status } = spawnSync("sh", ["tools/setup-prometheus.sh"], { stdio: "inherit" });
    assert.equal(status, 0, "Prometheus cannot be installed");
  }

  static async start(targets: readonly string[]): Promise<PrometheusProcess> {
    const folder = mkdtempSync(join(tmpdir(), "weft-prometheus-"));
    const config = join(folder, "prometheus.json");
    const scrape = { job_name: "weft", static_configs: [{ targets }] };
    const global = { scrape_interval: "1s", scrape_timeout: "1s" };
    // JSON is YAML.
    writeFileSync(config, JSON.stringify({ global, scrape_configs: [scrape] }));
    const at = `${LOOPBACK}:${freePort()}`;
    const child = spawn(
      "/usr/bin/prometheus",
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=${at}`,
        "--enable-feature=exemplar-storage",
      ],
      { stdio: "ignore" },
    );
    const prometheus = new PrometheusProcess(child, folder, `http://${at}`);
    await eventually("Prometheus is ready", () => prometheus.#isReady(), 20_000);
    return prometheus;
  }

  async query(query: string): Promise<readonly Sampled[]> {
    const found = await this.#ask("query", { query });
    const { result } = found as {
      result: { metric: Sampled["metric"]; value: [number, string] }[];
    };
    return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  }

  // Trace ids of the last minute.
  async exemplars(query: string): Promise<readonly string[]> {
    const end = Date.now() / 1000;
    const found = await this.#ask("query_exemplars", {
      query,
      start: String(end - 60),
      end: String(end + 1),
    });
    const series = found as { exemplars: { labels: Record<string, string> }[] }[];
    return series.flatMap(({ exemplars }) =>
      exemplars.map(({ labels }) => labels["trace_id"] ?? ""),
    );
  }

  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    this.#child.kill(signal);
    if (this.#child.exitCode === null) await once(this.#child, "exit");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.#url}/-/ready`)).ok;
    } catch {
      return false;
    }
  }

  async #ask(what: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const body = new URLSearchParams(parameters);
    const answer = await fetch(`${this.#url}/api/v1/${what}`, { method: "POST", body });
    const told = (await answer.json()) as { status: string; error?: string; data: unknown };
    assert.equal(told.status, "success", `${told.error}: ${JSON.stringify(parameters)}`);
    return told.data;
  }
}

// `promtool check metrics` on a text.
export function lintMetrics(text: string): Linted {
  const { status, stderr } = spawnSync("/usr/bin/promtool", ["check", "metrics"], {
    input: text,
    encoding: "utf8",
  });
  return { code: status, complaints: stderr.split("\n").filter((line) => line !== "") };
}
