// Our load and those that others wrote, each asked for the same: how it is started, and what it
// prints of its findings.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LoadResult } from "#bench/load/load-result.ts";

export const TOOLS = ["weft", "wrk", "hey", "h2load"] as const;
export type Tool = (typeof TOOLS)[number];

export type CheckShape = {
  readonly name: string;
  readonly tools: readonly Tool[];
  readonly path: string;
  readonly protocol: "http1" | "http2";
  readonly connections: number;
  readonly streams: number;
  readonly keepsAlive: boolean;
  readonly ratePerSecond: number | undefined; // undefined: closed loop
};

export type Finding = {
  readonly perSecond: number;
  readonly latencyUs: { readonly p50: number; readonly p90: number; readonly p99: number };
  // Answers with another status than 200.
  readonly refused: number;
  // Ours only: it was itself the limit.
  readonly limitReason: string;
};

// Of the others. The argument makes each print something and end.
export const OTHERS: Readonly<Record<Exclude<Tool, "weft">, string>> = {
  wrk: "-v",
  hey: "-h",
  h2load: "--version",
};

// How exactly it tells a latency.
export const RESOLUTION_US: Readonly<Record<Tool, number>> = {
  weft: 1,
  wrk: 10,
  hey: 100,
  h2load: 1,
};

const CHECKOUT = join(import.meta.dirname, "..");
const NODE = join(CHECKOUT, "node_modules", ".bin", "node");
const LOAD = join(CHECKOUT, "src", "bench", "load", "main.ts");
const ENCODING = "accept-encoding: gzip";

// `file`: where a tool writes what is too much for a terminal.
export function commandOf(
  tool: Tool,
  shape: CheckShape,
  origin: string,
  seconds: number,
  file: string,
): readonly string[] {
  const { connections, streams, ratePerSecond, keepsAlive, protocol } = shape;
  const url = origin + shape.path;
  const each = (ratePerSecond ?? 0) / connections;
  switch (tool) {
    case "weft":
      return [
        ...[NODE, LOAD, "--json", "--target", origin, "--path", shape.path, "--mix", "gzip"],
        ...["--protocol", protocol, "--connections", `${connections}`, "--streams", `${streams}`],
        ...["--warm-up", "1", "--duration", `${seconds}`],
        ...(keepsAlive ? [] : ["--no-keep-alive"]),
        ...(ratePerSecond === undefined ? [] : ["--rate", `${ratePerSecond}`]),
      ];
    case "wrk":
      return ["wrk", "-t1", `-c${connections}`, `-d${seconds}s`, "--latency", "-H", ENCODING, url];
    case "hey":
      return [
        ...["sh", "-c", `exec "$0" "$@" > ${file}`, "hey", "-z", `${seconds}s`],
        ...["-c", `${connections}`, "-o", "csv", "-H", ENCODING],
        ...(keepsAlive ? [] : ["-disable-keepalive"]),
        ...(ratePerSecond === undefined ? [] : ["-q", `${each}`]),
        url,
      ];
    case "h2load":
      return [
        ...["h2load", "-t1", `-c${connections}`, `-m${streams}`, "-D", `${seconds}`],
        ...[`--log-file=${file}`, "-H", ENCODING],
        ...(protocol === "http1" ? ["--h1"] : []),
        ...(ratePerSecond === undefined ? [] : [`--rps=${each}`]),
        url,
      ];
  }
}

export function findingOf(tool: Tool, output: string, seconds: number, file: string): Finding {
  switch (tool) {
    case "weft": {
      const result: LoadResult = JSON.parse(output);
      const { ratePerSecond, latencyUs, requests, statuses, limitReason } = result;
      const succeeded = statuses.find(([status]) => status === 200)?.[1] ?? 0;
      const perSecond = ratePerSecond.achieved;
      return { perSecond, latencyUs, refused: requests - succeeded, limitReason };
    }
    case "wrk": {
      const at = (share: number) =>
        wrkTime(matched(output, new RegExp(`^\\s+${share}%\\s+(\\S+)`, "m")));
      return {
        perSecond: Number(matched(output, /Requests\/sec:\s+(\S+)/)),
        latencyUs: { p50: at(50), p90: at(90), p99: at(99) },
        refused: Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0),
        limitReason: "",
      };
    }
    // response-time in seconds, DNS+dialup, DNS, Request-write, Response-delay, Response-read,
    // status-code, offset; below a line that says so.
    case "hey":
      return ofAll(rowsOf(file, ",").slice(1), { time: 0, toUs: 1e6, status: 6 }, seconds);
    // start, status, microseconds.
    case "h2load":
      return ofAll(rowsOf(file, "\t"), { time: 2, toUs: 1, status: 1 }, seconds);
  }
}

type Columns = { readonly time: number; readonly toUs: number; readonly status: number };

function ofAll(
  rows: readonly (readonly string[])[],
  { time, toUs, status }: Columns,
  seconds: number,
): Finding {
  const sorted = Float64Array.from(rows, (row) => Math.round(Number(row[time]) * toUs)).sort();
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return {
    perSecond: Number((sorted.length / seconds).toFixed(1)),
    latencyUs: { p50: at(0.5), p90: at(0.9), p99: at(0.99) },
    refused: rows.filter((row) => row[status] !== "200").length,
    limitReason: "",
  };
}

function rowsOf(file: string, separator: string): readonly (readonly string[])[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => line.split(separator));
}

// "1.23ms", "456.00us", "1.02s"
function wrkTime(text: string): number {
  const value = Number.parseFloat(text);
  const toUs = text.endsWith("us") ? 1 : text.endsWith("ms") ? 1e3 : 1e6;
  return Math.round(value * toUs);
}

function matched(text: string, pattern: RegExp): string {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`Cannot read ${pattern} in: ${text.slice(-400)}`);
  return found;
}
