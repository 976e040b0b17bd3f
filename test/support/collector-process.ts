// A real OpenTelemetry collector of the test's own, on loopback, and the spans that it prints.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "#local/testing/eventually.ts";

export type CollectedSpan = {
  readonly service: string;
  readonly traceId: string;
  readonly parentId: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string; // "Client", "Server"
  readonly attributes: ReadonlyMap<string, string>;
};

export class CollectorProcess {
  readonly #program: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "weft-collector-"));
  readonly #at: string;
  #child: ChildProcess | undefined;
  #output = "";

  private constructor(program: string, port: number) {
    this.#program = program;
    this.#at = `127.0.0.1:${port}`;
  }

  static install(port: number): CollectorProcess {
    const { status, stdout } = spawnSync("sh", ["tools/install-otel-collector.sh"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.equal(status, 0, "the collector cannot be built");
    return new CollectorProcess(stdout.trim(), port);
  }

  get url(): string {
    return `http://${this.#at}`;
  }

  async start(): Promise<void> {
    const config = join(this.#folder, "collector.json");
    // JSON is YAML.
    const service = {
      telemetry: { metrics: { level: "none" } },
      pipelines: { traces: { receivers: ["otlp"], exporters: ["debug"] } },
    };
    const receivers = { otlp: { protocols: { http: { endpoint: this.#at } } } };
    const exporters = { debug: { verbosity: "detailed" } };
    writeFileSync(config, JSON.stringify({ receivers, exporters, service }));
    this.#child = spawn(this.#program, ["--config", config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#output += text;
    });
    await eventually("the collector is ready", () => /Everything is ready/.test(this.#output));
  }

  spans(): readonly CollectedSpan[] {
    return this.#output.split("ResourceSpans #").slice(1).flatMap(spansOf);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill();
    await once(child, "exit");
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function spansOf(resource: string): readonly CollectedSpan[] {
  const service = /-> service\.name: Str\((.*)\)/.exec(resource)?.[1] ?? "";
  return resource
    .split(/\nSpan #\d+\n/)
    .slice(1)
    .map((text) => {
      const field = (name: string) => new RegExp(`^ +${name} *: ?(.*)$`, "m").exec(text)?.[1] ?? "";
      const pairs = text.matchAll(/-> ([\w.]+): \w+\((.*)\)$/gm);
      return {
        service,
        traceId: field("Trace ID"),
        parentId: field("Parent ID"),
        id: field("ID"),
        name: field("Name"),
        kind: field("Kind"),
        attributes: new Map([...pairs].map(([, name = "", value = ""]) => [name, value])),
      };
    });
}
