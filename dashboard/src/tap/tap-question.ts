// What is watched, between the address, the query and the command line.

import type { TapQuery, TapQueryFilter } from "#api/tap.ts";
import { shellWord } from "#dashboard/parts/shell-word.ts";

const KINDS = { deploy: "workload", svc: "service", ns: "namespace" } as const;

// Of each direction: what `weft tap --body` asks for.
const BODY_BYTES = 4_096;

// The address has: resource ("deploy/web", "" for everything), namespace, direction, method, path,
// status, latency, bodies ("with").
export function tapQuery(asked: URLSearchParams): TapQuery {
  const text = (name: string) => (asked.get(name) ?? "").trim();
  const [word = "", name] = text("resource").split("/", 2);
  const kind = KINDS[word as keyof typeof KINDS] ?? "namespace";
  const namespace = text("namespace");
  return {
    kind,
    ...(name && { name }),
    ...(namespace !== "" && { namespace }),
    perSecondMax: 50,
    filter: filterOf(text),
    ...(text("bodies") === "with" && { bodyBytesMax: BODY_BYTES }),
  };
}

export function tapCommand(asked: URLSearchParams): string {
  const text = (name: string) => (asked.get(name) ?? "").trim();
  const flags = [
    ["--namespace", text("namespace")],
    ["--direction", text("direction")],
    ["--method", text("method").toUpperCase()],
    ["--path", text("path")],
    ["--status", text("status")],
    ["--min-latency", text("latency") === "" ? "" : `${text("latency")}ms`],
  ].flatMap(([flag, value]) => (value === "" ? [] : [flag!, value!]));
  const words = [...(text("resource") === "" ? [] : [text("resource")]), ...flags];
  const bodies = text("bodies") === "with" ? ["--body"] : [];
  return ["weft tap", ...words.map(shellWord), ...bodies].join(" ");
}

function filterOf(text: (name: string) => string): TapQueryFilter {
  const direction = text("direction");
  const latency = Number(text("latency"));
  return {
    ...((direction === "in" || direction === "out") && { direction }),
    ...(text("method") !== "" && { methods: [text("method").toUpperCase()] }),
    ...(text("path") !== "" && { pathPrefix: text("path") }),
    ...statusOf(text("status")),
    ...(latency > 0 && { latencyMinMs: latency }),
  };
}

// "503", "5xx" or "500-504"; anything else is none.
function statusOf(text: string): Pick<TapQueryFilter, "statusFrom" | "statusTo"> {
  const [, hundreds] = /^([1-5])xx$/i.exec(text) ?? [];
  if (hundreds)
    return { statusFrom: Number(hundreds) * 100, statusTo: Number(hundreds) * 100 + 99 };
  const [, first, last = first] = /^(\d{3})(?:-(\d{3}))?$/.exec(text) ?? [];
  return first === undefined ? {} : { statusFrom: Number(first), statusTo: Number(last) };
}
