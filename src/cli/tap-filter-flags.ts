// The filters of `weft tap`, as they are written on the command line.

import { InvalidArgumentError } from "commander";
import type { TapQueryFilter, TapQueryParty } from "#api/tap.ts";
import { parseDurationMs } from "#ir/duration.ts";
import { parseResource } from "./parse-resource.ts";

export type TapFilterFlags = {
  readonly direction?: "in" | "out";
  readonly method?: readonly string[];
  readonly scheme?: "http" | "https";
  readonly authority?: string;
  readonly path?: string;
  readonly header?: readonly (readonly [name: string, value: string | null])[];
  readonly status?: StatusRange;
  readonly minLatency?: number;
  readonly to?: TapQueryParty;
  readonly toNamespace?: string;
  readonly from?: TapQueryParty;
  readonly fromNamespace?: string;
};

type StatusRange = { readonly statusFrom: number; readonly statusTo: number };

export function tapFilter(flags: TapFilterFlags): TapQueryFilter {
  const { direction, method, scheme, authority, path, header, status, minLatency } = flags;
  const to = party(flags.to, flags.toNamespace);
  const from = party(flags.from, flags.fromNamespace);
  return {
    ...(direction && { direction }),
    ...(method && { methods: method.map((word) => word.toUpperCase()) }),
    ...(scheme && { scheme }),
    ...(authority !== undefined && { authority: authority.toLowerCase() }),
    ...(path !== undefined && { pathPrefix: path }),
    ...(header && { headers: header }),
    ...(to && { to }),
    ...(from && { from }),
    ...status,
    ...(minLatency !== undefined && { latencyMinMs: minLatency }),
  };
}

// "deploy/reviews", "svc/reviews" or "ns/bookshop".
export function parseParty(text: string): TapQueryParty {
  const parsed = parseResource([text]);
  if (parsed.kind === "invalid" || parsed.resource.name === undefined) {
    throw new InvalidArgumentError("must be like deploy/reviews, svc/reviews or ns/bookshop");
  }
  const { kind, name } = parsed.resource;
  return kind === "namespace" ? { namespace: name } : { [kind]: name };
}

// "503", "5xx" or "500-504".
export function parseStatus(text: string): StatusRange {
  const [, hundreds] = /^([1-5])xx$/i.exec(text) ?? [];
  if (hundreds)
    return { statusFrom: Number(hundreds) * 100, statusTo: Number(hundreds) * 100 + 99 };
  const [, first, last = first] = /^(\d{3})(?:-(\d{3}))?$/.exec(text) ?? [];
  if (first === undefined) throw new InvalidArgumentError("must be like 503, 5xx or 500-504");
  return { statusFrom: Number(first), statusTo: Number(last) };
}

// "x-user=alice", or "x-user" for any value.
export function parseHeader(
  text: string,
  before: readonly (readonly [string, string | null])[] = [],
): readonly (readonly [string, string | null])[] {
  const equals = text.indexOf("=");
  const name = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
  if (name === "") throw new InvalidArgumentError("must be like x-user=alice or x-user");
  return [...before, [name, equals < 0 ? null : text.slice(equals + 1)]];
}

// "250ms" or "1s".
export function parseLatency(text: string): number {
  const ms = /^\d{1,6}(ms|s)$/.test(text) ? parseDurationMs(text) : undefined;
  if (ms === undefined) throw new InvalidArgumentError("must be like 250ms or 1s");
  return ms;
}

function party(
  said: TapQueryParty | undefined,
  namespace: string | undefined,
): TapQueryParty | undefined {
  return namespace === undefined ? said : { ...said, namespace };
}
