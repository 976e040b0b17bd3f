// What became of a request, as a colleague would tell it.

import type {
  ExplainedGate,
  ExplainedHop,
  ExplainedTry,
  PastExplanation,
} from "#api/past-explanation.ts";
import { decisionLines } from "./explanation-text.ts";

export function pastText({ requestId, hops }: PastExplanation): string {
  const count = hops.length === 1 ? "one proxy" : `${hops.length} proxies`;
  const title = `Request ${requestId}, as ${count} decided on it:`;
  return `${[title, ...hops.flatMap((hop) => ["", ...hopLines(hop)])].join("\n")}\n`;
}

function hopLines(hop: ExplainedHop): string[] {
  const { proxy, atMs, durationMs, method, path, to, decision, gates, tries } = hop;
  const when = new Date(atMs).toISOString().slice(11, 23);
  return [
    `At ${when} ${proxy} sent ${method} ${path} to ${to}; ${endText(hop)} after ${ms(durationMs)}.`,
    "",
    ...(decision ? decisionLines(decision) : [undecidedLine(hop)]),
    ...drawLines(hop),
    ...whyLines(hop),
    "",
    "What it had to pass:",
    ...gates.map(gateLine),
    ...(tries.length > 0 ? ["", "It was sent:"] : []),
    ...tries.map((tried, i) => tryLine(tried, i === tries.length - 1)),
  ];
}

function endText({ status, cause, grpcStatus }: ExplainedHop): string {
  if (cause === "downstream-reset") return "the caller left";
  const grpc = grpcStatus === null ? "" : ` (gRPC ${grpcStatus})`;
  const by = cause === null ? "" : `, by the proxy itself with cause ${cause},`;
  return `the answer was ${status}${grpc}${by}`;
}

// What the decision itself says of an answer that the proxy made.
function whyLines({ decision, cause }: ExplainedHop): string[] {
  const outcome = decision?.outcome;
  if (outcome?.kind !== "answer" || outcome.cause !== cause) return [];
  return ["", `The proxy answered by itself: ${outcome.reason}.`];
}

function undecidedLine({ cause }: ExplainedHop): string {
  if (cause !== null) return `No plan decided on it: it ended before that, with cause ${cause}.`;
  return "The plan that decided on it is not kept any more; the rest was recorded.";
}

function drawLines({ decision, agrees, isKeptBySession }: ExplainedHop): string[] {
  const draw = decision?.request.draw;
  const backends = decision?.backends.length ?? 0;
  return [
    ...(backends > 1 && typeof draw === "number" ? [`Its draw was ${draw.toFixed(4)}.`] : []),
    ...(isKeptBySession ? ["Its session kept it at that backend, whatever was drawn."] : []),
    ...(agrees ? [] : ["Taken again, the decision comes out otherwise: please report that."]),
  ];
}

function gateLine({ gate, outcome, detail }: ExplainedGate): string {
  const mark =
    outcome === "passed" ? "+" : outcome === "refused" || outcome === "spent" ? "-" : "~";
  return `  ${mark} ${gate.replace("-", " ")}: ${detail}`;
}

function tryLine(tried: ExplainedTry, isLast: boolean): string {
  const { address, workload, sentAfterMs, endedAfterMs, outcome } = tried;
  const who = workload === null ? address : `${workload} at ${address}`;
  const end = `${outcome} after ${ms(endedAfterMs)}`;
  const next = isLast ? "" : "; tried again";
  if (sentAfterMs === null) return `  - never, as ${who} took no connection: ${end}${next}`;
  const mark = isLast && /^[1-4]/.test(outcome) ? "+" : "-";
  return `  ${mark} to ${who} after ${ms(sentAfterMs)}: ${end}${next}`;
}

function ms(time: number): string {
  return time >= 10_000 ? `${(time / 1000).toFixed(1)} s` : `${Math.round(time * 10) / 10} ms`;
}
