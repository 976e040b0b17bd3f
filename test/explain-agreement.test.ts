// `weft explain ID` against what really happened, for random requests over random configurations:
// the rule by the counters, the endpoints by where requests arrived, status and cause by what the
// asker was told. Between them lie the record, its way as JSON, and the decision taken again.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplainedTarget } from "#api/explanation.ts";
import type { ExplainedHop } from "#api/past-explanation.ts";
import { seededRandom } from "#base/random.ts";
import { compile } from "#compile/compile.ts";
import { sampleRegistration } from "#compile/sample-model.ts";
import { RecordedRequests } from "#control/reports/recorded-requests.ts";
import { explainPast } from "#insight/explain-past.ts";
import { pastText } from "#insight/past-text.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { CALLER, type Came, DecidingProxy, type Fate } from "./support/deciding-proxy.ts";
import {
  type Dice,
  diceOf,
  HEADERS,
  METHODS,
  PATHS,
  randomModel,
  VALUES,
} from "./support/random-routes.ts";

const CONFIGURATIONS = 700;
const REQUESTS_EACH = 15;
const KEYS = ["a.bookshop:9080", "a:9080", "a.bookshop.svc.cluster.local:9080"];
const SHADOW = "127.64.0.5:15008";
const FATES: readonly Fate[] = [200, 200, 200, 200, 404, 500, 503, "reset", "silence"];

type Told = { readonly hop: ExplainedHop; readonly came: Came };

test(`explanations agree with the proxy for ${CONFIGURATIONS * REQUESTS_EACH} requests`, () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= CONFIGURATIONS; seed++) {
    const dice = diceOf(seededRandom(seed));
    const snapshot = snapshotOf(dice);
    const plan = snapshot.outbound.get("bookshop/a/9080");
    assert.ok(plan);
    const proxy = new DecidingProxy(plan, KEYS, seededRandom(seed), () => dice.pick(FATES));
    let session: readonly string[] = [];
    for (let i = 0; i < REQUESTS_EACH; i++) {
      const told = tell(proxy, snapshot, randomHead(dice, `${seed}-${i}`, session), dice);
      const seat = headerOf(told.came, "x-session");
      session = seat === undefined ? session : ["x-session", seat];
      const context = `seed ${seed}, request ${i}\n${JSON.stringify(told)}`;
      assertAgrees(told, plan, context);
      for (const kind of kindsOf(told)) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
  }
  // A check of everything that never saw anything would be none.
  for (const kind of KINDS) assert.ok((seen.get(kind) ?? 0) >= 20, `${kind}: ${seen.get(kind)}`);
});

function snapshotOf(dice: Dice): Snapshot {
  const model = randomModel(dice);
  const registrations = model.workloads.map((workload, i) =>
    sampleRegistration(workload, {
      address: `127.64.0.${i + 1}`,
      isReady: workload.name === "shadow" || dice.chance(0.9),
    }),
  );
  return compile(model, registrations, 7).snapshot;
}

function randomHead(dice: Dice, id: string, session: readonly string[]): RequestHead {
  const headers = dice.some(3, () => [dice.pick(HEADERS), dice.pick(VALUES)]).flat();
  const further = dice.chance(0.8) ? [] : ["idempotency-key", id];
  return {
    method: dice.pick(METHODS),
    scheme: "http",
    authority: "own-sidecar",
    path: dice.pick(PATHS),
    headers: [...headers, ...further, ...session, "x-request-id", id],
    contentLength: 0,
  };
}

// As it goes on: reported as JSON, kept with the plans, found again by the answer's id.
function tell(proxy: DecidingProxy, snapshot: Snapshot, head: RequestHead, dice: Dice): Told {
  const came = proxy.ask(head, dice.pick(KEYS), dice.chance(0.5));
  const { requests, untold } = proxy.recorder.take();
  assert.deepEqual([requests.length, untold], [1, 0], JSON.stringify([head, came]));
  const kept = new RecordedRequests(proxy.clock);
  kept.plans.noteSnapshot(snapshot);
  const { namespace, name } = CALLER;
  kept.note({ namespace, workload: name }, JSON.parse(JSON.stringify(requests)), untold);
  assert.equal(kept.untold, 0);
  const id = headerOf(came, "x-request-id") ?? head.headers.at(-1)!;
  const explanation = explainPast(id, kept.find(id));
  assert.ok(pastText(explanation).length > 100);
  assert.equal(explanation.hops.length, 1);
  return { hop: explanation.hops[0]!, came };
}

function assertAgrees({ hop, came }: Told, plan: OutboundPlan, context: string): void {
  const { decision } = hop;
  assert.ok(decision, context);
  assert.equal(hop.agrees, true, context);
  const told = headerOf(came, "weft-cause")?.split(";", 1)[0] ?? null;
  // Who asked had enough of it.
  const [status, cause] = came.status === 0 ? [499, "downstream-reset"] : [came.status, told];
  assert.deepEqual([hop.status, hop.cause], [status, cause], context);
  const taken = decision.rules.find(({ isMatched }) => isMatched);
  // The counters name no rule for what came to no backend.
  const isCounted = hop.cause !== "backend-invalid" && hop.cause !== "route-timeout";
  if (isCounted || hop.tries.length > 0) {
    assert.equal(taken ? `${taken.name} ${taken.rule}` : "", came.counted?.route, context);
  }
  assertSent({ hop, came }, context);
  assertOnPurpose({ hop, came }, context);
  assert.equal(decision.service.planId, plan.id);
  if (decision.outcome.kind === "reply") assert.equal(decision.outcome.status, came.status);
}

// Every try: where it went, and what came of it there.
function assertSent({ hop, came }: Told, context: string): void {
  const sent = hop.tries.filter(({ sentAfterMs }) => sentAfterMs !== null);
  const arrived = came.arrived.filter(([address]) => address !== SHADOW);
  assert.deepEqual(
    sent.map(({ address }) => address),
    arrived.map(([address]) => address),
    context,
  );
  for (const [i, [, fate]] of arrived.entries()) {
    const { outcome } = sent[i]!;
    // Who asks may be answered by the request's own deadline first.
    const isOutOfTime = ["route-timeout", "try-timeout", "downstream-reset"].includes(outcome);
    if (typeof fate === "number") assert.equal(outcome, String(fate), context);
    else if (fate === "reset") assert.equal(outcome, "upstream-reset", context);
    else assert.ok(isOutOfTime, context);
  }
  if (sent.length === 0) return;
  const chosen = hop.decision?.backends.find(({ isChosen }) => isChosen)?.target;
  assert.equal(nameOf(chosen), came.counted?.backend, context);
  const members = chosen?.kind === "service" ? chosen.members : [];
  const addresses = members.flatMap((member) => member.addresses);
  for (const { address } of sent) assert.ok(addresses.includes(address), context);
}

function nameOf(target: ExplainedTarget | undefined): string {
  if (target?.kind !== "service") return "";
  return target.subset === "" ? target.service : `${target.service}/${target.subset}`;
}

// Faults and copies, which the draw decides.
function assertOnPurpose({ hop, came }: Told, context: string): void {
  const { traffic } = hop.decision!;
  const isHit = (kind: string) => traffic?.faults.find((fault) => fault.kind === kind)?.isHit;
  assert.equal(isHit("abort") ?? false, hop.cause === "fault-injected", context);
  const isDelayed = hop.gates.some(({ outcome }) => outcome === "delayed");
  assert.equal(isHit("delay") ?? false, isDelayed, context);
  const mirrored = traffic?.mirrors.some((mirror) => mirror.isHit) && !isHit("abort");
  const copies = came.arrived.filter(([address]) => address === SHADOW);
  // What is answered before it has come as a whole is not copied.
  if (hop.tries.length > 0) assert.equal(copies.length, mirrored ? 1 : 0, context);
  else assert.ok(copies.length === 0 || mirrored, context);
}

const KINDS = [
  ...["answered", "tried again", "no route", "backend-invalid", "no-endpoint", "reply"],
  ...["aborted", "delayed", "mirrored", "timed out", "left", "reset", "kept by its session"],
] as const;

function kindsOf({ hop, came }: Told): (typeof KINDS)[number][] {
  const { cause, tries, decision } = hop;
  const is = (holds: unknown, kind: (typeof KINDS)[number]) => (holds ? [kind] : []);
  return [
    ...is(cause === null, "answered"),
    ...is(tries.length > 1, "tried again"),
    ...is(cause === "no-route", "no route"),
    ...is(cause === "backend-invalid", "backend-invalid"),
    ...is(cause === "no-endpoint", "no-endpoint"),
    ...is(decision?.outcome.kind === "reply", "reply"),
    ...is(cause === "fault-injected", "aborted"),
    ...is(
      hop.gates.some(({ outcome }) => outcome === "delayed"),
      "delayed",
    ),
    ...is(
      came.arrived.some(([address]) => address === SHADOW),
      "mirrored",
    ),
    ...is(cause === "route-timeout" || cause === "try-timeout", "timed out"),
    ...is(cause === "upstream-reset", "reset"),
    ...is(cause === "downstream-reset", "left"),
    ...is(hop.isKeptBySession, "kept by its session"),
  ];
}

function headerOf({ headers }: Came, name: string): string | undefined {
  const at = headers.findIndex((text, i) => i % 2 === 0 && text === name);
  return at < 0 ? undefined : headers[at + 1];
}
