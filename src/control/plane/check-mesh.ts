// Is the mesh well? Each check says what was found and what to do.

import type { Check, CheckResult } from "#api/check-result.ts";
import type { UnmeshedWorkload } from "#api/unmeshed-workload.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { LIMITS } from "#base/limits.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { type Name, nameKey } from "#ir/model.ts";
import type { WorkloadPlan } from "#snapshot/plan.ts";

const HOUR_MS = 3_600_000;
const ROOT_WARNING_MS = 30 * 24 * HOUR_MS;
const NAMED_MOST = 5;

// What neither workloads nor documents show.
export type QuietHealth = {
  readonly wallMs: number;
  readonly rootNotAfterMs: number;
  readonly historyTrouble: string | undefined;
  readonly tracesTrouble: string | undefined;
  readonly spansDropped: number;
  // Whose applications drop the traces that they are sent.
  readonly dropping: readonly Name[];
};

export type MeshHealth = QuietHealth & {
  readonly revision: number;
  readonly certificateLifeMs: number;
  readonly workloads: readonly WorkloadRow[];
  readonly diagnostics: readonly Diagnostic[];
  // Pods that take plaintext on some port; undefined where none could come.
  readonly takingPlaintext: readonly WorkloadPlan[] | undefined;
  // Pods without a proxy, by workload; undefined where there are no pods.
  readonly unmeshed: readonly UnmeshedWorkload[] | undefined;
  // Where those of a proxy and its application are: ".weft/logs".
  readonly logs: string;
};

export function checkMesh(health: MeshHealth): CheckResult {
  return {
    categories: [
      {
        name: "control-plane",
        checks: [answers(health), proxiesUpToDate(health), historyKept(health), tracesSent(health)],
      },
      { name: "identity", checks: [rootLives(health), leavesLive(health), ...secured(health)] },
      {
        name: "data-plane",
        checks: [
          ...[everyoneMeshed(health), everyoneReady(health), ...podsMeshed(health)],
          tracesForwarded(health),
        ],
      },
      { name: "documents", checks: [documentsGood(health)] },
    ],
  };
}

// What nothing but the check tells. A page that is open asks every second.
export function quietTroubles(health: QuietHealth): readonly Check[] {
  const checks = [historyKept, tracesSent, rootLives, tracesForwarded].map((of) => of(health));
  return checks.filter(({ state }) => state !== "pass");
}

function answers({ revision }: MeshHealth): Check {
  return pass("the control plane answers", `revision ${revision}`);
}

function proxiesUpToDate({ workloads, revision, logs }: MeshHealth): Check {
  const name = "every proxy runs on the newest revision";
  const behind = workloads.filter((row) => row.revision !== null && row.revision !== revision);
  if (behind.length === 0) return pass(name, "");
  const hint = `This takes moments after a change. If it stays, see the proxy's log (${logs})`;
  return finding("warning", name, `behind: ${names(behind)}`, hint);
}

function rootLives({ wallMs, rootNotAfterMs }: QuietHealth): Check {
  const name = "the root certificate is valid";
  const leftMs = rootNotAfterMs - wallMs;
  const until = `until ${new Date(rootNotAfterMs).toISOString()}`;
  if (leftMs > ROOT_WARNING_MS) return pass(name, until);
  const state = leftMs > 0 ? "warning" : "failure";
  return finding(state, name, until, "Replace the root while it still is valid");
}

function historyKept({ historyTrouble }: QuietHealth): Check {
  const name = "the history is kept";
  if (historyTrouble === undefined) return pass(name, "");
  return finding("warning", name, historyTrouble, "Requests don't need it; charts and --since do");
}

function tracesSent({ tracesTrouble, spansDropped }: QuietHealth): Check {
  const name = "traces reach their collector";
  const dropped = spansDropped > 0 ? `${spansDropped} spans were dropped so far` : "";
  if (tracesTrouble === undefined) return pass(name, dropped);
  const detail = dropped === "" ? tracesTrouble : `${tracesTrouble}; ${dropped}`;
  return finding("warning", name, detail, "Requests don't need it. See spec.tracing of MeshConfig");
}

function tracesForwarded({ dropping }: QuietHealth): Check {
  const name = "applications forward the headers of traces";
  if (dropping.length === 0) return pass(name, "");
  const hint = "`weft analyze` says to whom they don't, and which headers these are (WEFT401)";
  return finding("warning", name, `not so: ${names(dropping)}`, hint);
}

// A proxy renews at half life; one that is past three quarters has failed to.
function leavesLive({ wallMs, certificateLifeMs, workloads, logs }: MeshHealth): Check {
  const name = "workload certificates are renewed in time";
  const late = workloads.filter(
    ({ certificateExpiresAtMs: end }) => end !== null && end - wallMs < certificateLifeMs / 4,
  );
  if (late.length === 0) return pass(name, "");
  const hint = `See the proxy's log (${logs}) for why it could not renew`;
  return finding("failure", name, `overdue: ${names(late)}`, hint);
}

function secured({ takingPlaintext }: MeshHealth): readonly Check[] {
  if (!takingPlaintext) return [];
  const name = "pods take mutual TLS only";
  const once = [...new Map(takingPlaintext.map((each) => [nameKey(each), each])).values()];
  if (once.length === 0) return [pass(name, "")];
  const hint =
    "Once all that call them have a proxy, write a PeerAuthentication with mode STRICT for them; " +
    "in weft-system it holds for all";
  return [finding("warning", name, `plaintext, too: ${names(once)}`, hint)];
}

function everyoneMeshed({ workloads, logs }: MeshHealth): Check {
  const name = "every workload has a proxy that is connected";
  const without = workloads.filter(({ isMeshed }) => !isMeshed);
  if (without.length === 0) return pass(name, `${workloads.length} workloads`);
  return finding("failure", name, `without: ${names(without)}`, `See their logs (${logs})`);
}

function everyoneReady({ workloads, logs }: MeshHealth): Check {
  const name = "every application is ready";
  const unready = workloads.filter(({ isMeshed, isReady }) => isMeshed && !isReady);
  if (unready.length === 0) return pass(name, "");
  const hint = `See the application's log (${logs}), and how its readiness is probed`;
  return finding("failure", name, `not ready: ${names(unready)}`, hint);
}

// Only those that should have one are a trouble; all others were left out, or left themselves out.
function podsMeshed({ unmeshed }: MeshHealth): readonly Check[] {
  if (!unmeshed) return [];
  const name = "pods are in the mesh";
  const old = unmeshed.filter(({ reason }) => reason === "started-before");
  const [first] = old;
  if (first) {
    const hint = `They are older than the request. ${first.remedy}`;
    return [finding("warning", name, `should have a proxy: ${names(old)}`, hint)];
  }
  if (unmeshed.length === 0) return [pass(name, "")];
  const some = unmeshed.length === 1 ? "1 workload" : `${unmeshed.length} workloads`;
  const atLeast = unmeshed.length < LIMITS.unmeshedToldMax ? "" : "at least ";
  return [pass(name, `${atLeast}${some} without a proxy: ${names(unmeshed)}`)];
}

function documentsGood({ diagnostics }: MeshHealth): Check {
  const name = "documents are free of errors";
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.filter(({ severity }) => severity === "warning").length;
  const detail = `${errors} errors, ${warnings} warnings`;
  const hint = "`weft get diagnostics` lists them, with file, line and remedy";
  if (errors > 0) return finding("failure", name, detail, hint);
  return warnings > 0 ? finding("warning", name, detail, hint) : pass(name, "");
}

function pass(name: string, detail: string): Check {
  return { name, state: "pass", detail, hint: null };
}

function finding(state: "warning" | "failure", name: string, detail: string, hint: string): Check {
  return { name, state, detail, hint };
}

function names(rows: readonly Name[]): string {
  const shown = rows.slice(0, NAMED_MOST).map(({ namespace, name }) => `${namespace}/${name}`);
  const more = rows.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}
