// Which traffic a command tells of, and when: flags that stat, routes and edges share.
//
// --from and --to are workloads, as for `weft explain` and in Linkerd; times are --since, --until
// and -t.

import type { Command } from "commander";
import { LIMITS } from "#base/limits.ts";
import { type ParsedResource, parseResource } from "./parse-resource.ts";
import { parseTime } from "./parse-time.ts";
import { parseWindow } from "./parse-window.ts";

export type TrafficOptions = {
  readonly namespace?: string;
  readonly timeWindow?: number;
  readonly since?: number; // wall clock, as all times
  readonly until?: number;
  readonly from?: string;
  readonly to?: string;
};

export type TrafficParameters =
  | { readonly kind: "ok"; readonly query: Readonly<Record<string, string | undefined>> }
  | { readonly kind: "invalid"; readonly message: string };

const MINUTE_MS = 60_000;
// As Kubernetes has names.
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

export function addTrafficOptions(command: Command): Command {
  return addTimeOptions(command)
    .option("--from <resource>", "only requests from this workload: web, deploy/web, ns/bookshop")
    .option("--to <resource>", "only requests to this workload or service: svc/reviews");
}

export function addTimeOptions(command: Command): Command {
  return command
    .option("-n, --namespace <name>", "only this namespace")
    .option("-t, --time-window <duration>", "over how long, 1s to 7d (default: 1m)", parseWindow)
    .option("--since <time>", "from then on: 2h (ago), 10:30, 2026-11-30T10:30", parseTime)
    .option("--until <time>", "up to then (default: now)", parseTime);
}

export function trafficParameters(options: TrafficOptions, nowMs: number): TrafficParameters {
  const parties: Record<string, string | undefined> = {};
  for (const [name, word] of [
    ["source", options.from],
    ["destination", options.to],
  ] as const) {
    if (word === undefined) continue;
    const parsed = parseParty(word);
    if (parsed.kind === "invalid") return parsed;
    const { kind, name: named } = parsed.resource;
    parties[kind === "namespace" ? `${name}Namespace` : name] = named;
  }
  return { kind: "ok", query: { ...timeParameters(options, nowMs), ...parties } };
}

// The last minutes are answered from memory, to the second; all else from the history.
export function timeParameters(
  { timeWindow, since, until }: TrafficOptions,
  nowMs: number,
): Readonly<Record<string, string | undefined>> {
  const windowMs = timeWindow ?? MINUTE_MS;
  if (since === undefined && until === undefined && windowMs <= LIMITS.reportsKeptMs) {
    return { windowMs: String(windowMs) };
  }
  const toMs = until ?? (since !== undefined && timeWindow ? since + timeWindow : nowMs);
  return { from: String(since ?? toMs - windowMs), to: String(toMs) };
}

// "web" as well as "deploy/web".
function parseParty(word: string): ParsedResource {
  const parsed = parseResource(word.includes("/") ? [word] : ["workload", word]);
  if (parsed.kind === "ok" && NAME.test(parsed.resource.name ?? "")) return parsed;
  const message =
    `Cannot tell who "${word}" is: must be like web, deploy/web, svc/reviews or ns/bookshop. ` +
    "For times there are --since and --until";
  return { kind: "invalid", message };
}
