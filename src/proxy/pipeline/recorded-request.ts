// A note as data: only what the decision rests on leaves the proxy, as headers and queries carry
// what is nobody's business. Off the path of requests, when a report is made.

import { LIMITS } from "#base/limits.ts";
import { withoutQuery } from "#base/path-query.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { RecordedDecision, RecordedRequest, RecordedTry } from "#snapshot/recorded-request.ts";
import { type DecidingParts, decidingParts } from "./deciding-parts.ts";
import { isPlainTunnel } from "./is-plain-tunnel.ts";
import type { RequestNote } from "./request-note.ts";

const NOTHING: DecidingParts = { headers: new Set(), hasQuery: false };

// Undefined: it has no id, or is too large. `offsetMs`: from the monotonic to the wall clock.
export function recordedRequest(
  note: RequestNote,
  offsetMs: number,
  nowMs: number,
): RecordedRequest | undefined {
  const head = note.head!;
  const id = findHeader(head.headers, "x-request-id");
  if (id === undefined || isPlainTunnel(head)) return undefined;
  const parts = note.destination ? decidingParts(note.destination.plan) : NOTHING;
  const headers = headersOf(head, parts);
  const path = parts.hasQuery ? head.path : withoutQuery(head.path);
  const size = headers.flat().reduce((sum, text) => sum + text.length, path.length);
  if (size + head.authority.length + id.length > LIMITS.requestToldBytesMax) return undefined;
  const decided = decisionOf(note, nowMs);
  return {
    id,
    atMs: note.startedMs + offsetMs,
    durationMs: note.endedMs - note.startedMs,
    to: dialled(note) ?? head.authority,
    ...{ method: head.method, authority: head.authority, scheme: head.scheme, path, headers },
    ...(decided ? { decided } : {}),
    hasWaited: note.hasWaited,
    isDelayed: note.isDelayed,
    isBudgetSpent: note.isBudgetSpent,
    tries: triesOf(note),
    ...{ status: note.status, grpcStatus: note.grpcStatus, cause: note.cause },
  };
}

// Undefined: only the request says it. A host is its own full name, and a pattern, or what no
// document declares, is nobody's.
function dialled({ destination }: RequestNote): string | undefined {
  if (!destination) return undefined;
  const { name, namespace, port, host } = destination.plan.scope;
  if (namespace === "" || host.startsWith("*")) return undefined;
  return name === host ? `${host}:${port}` : `${name}.${namespace}:${port}`;
}

function headersOf({ headers }: RequestHead, parts: DecidingParts): [string, string][] {
  const told: [string, string][] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (parts.headers.has(name)) told.push([name, headers[i + 1]!]);
  }
  return told;
}

function decisionOf(
  { destination, decision, draw }: RequestNote,
  nowMs: number,
): RecordedDecision | undefined {
  if (!destination || !decision) return undefined;
  const { id, hash } = destination.plan;
  const endpoints =
    decision.kind === "forward"
      ? destination.forwardings[decision.routeIndex]![decision.backendIndex]!.endpoints
      : [];
  return {
    ...{ planId: id, planHash: hash, draw, index: decision.index },
    endpoints: endpoints.length,
    ejected: endpoints.filter(({ health }) => health?.isEjected(nowMs)).length,
  };
}

function triesOf(note: RequestNote): RecordedTry[] {
  const { startedMs, endedMs, failed = [], endpoint: last, sentMs: lastSentMs } = note;
  const tries = failed.map(({ endpoint, sentMs, endedMs: triedMs, outcome }) => ({
    address: endpoint.address,
    sentAfterMs: sentMs < 0 ? null : sentMs - startedMs,
    endedAfterMs: triedMs - startedMs,
    outcome: String(outcome),
  }));
  if (!last) return tries;
  const sentAfterMs = lastSentMs < 0 ? null : lastSentMs - startedMs;
  const { address } = last;
  return [...tries, { address, sentAfterMs, endedAfterMs: endedMs - startedMs, outcome: "" }];
}
