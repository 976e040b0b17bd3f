// What a request had to pass besides the decision, and how that went, from what was recorded. In
// the order of the gates: a request that was refused at one never came to the next.

import type { ExplainedGate } from "#api/past-explanation.ts";
import type { RecordedRequest } from "#snapshot/recorded-request.ts";

export function explainGates(request: RecordedRequest): ExplainedGate[] {
  const { cause, decided, hasWaited, isDelayed, isBudgetSpent, tries } = request;
  const gates: ExplainedGate[] = [shedding(cause)];
  if (cause === "overloaded") return gates;
  if (hasWaited) {
    const detail = "it was held back for its plan, or for an endpoint";
    gates.push({ gate: "plan", outcome: "waited", detail });
  }
  if (!decided) return gates;
  if (isDelayed) {
    gates.push({ gate: "fault", outcome: "delayed", detail: "it was delayed on purpose" });
  }
  if (cause === "fault-injected") {
    gates.push({ gate: "fault", outcome: "refused", detail: "it was aborted on purpose" });
    return gates;
  }
  if (tries.length === 0 && cause !== "overflow" && cause !== "no-endpoint") return gates;
  gates.push(limits(cause));
  if (cause !== "overflow" || tries.length > 0) gates.push(pick(request, decided));
  if (isBudgetSpent) {
    const detail = "it would have been tried again, but the retry budget was spent";
    gates.push({ gate: "retry-budget", outcome: "spent", detail });
  }
  return gates;
}

function shedding(cause: string): ExplainedGate {
  const gate = "load-shedding";
  if (cause !== "overloaded") return { gate, outcome: "passed", detail: "the proxy takes work" };
  return { gate, outcome: "refused", detail: "the proxy was about to run out of what it needs" };
}

function limits(cause: string): ExplainedGate {
  const gate = "limits";
  if (cause !== "overflow") {
    return { gate, outcome: "passed", detail: "the backend had room for another request" };
  }
  return { gate, outcome: "refused", detail: "as many were under way or waiting as may be" };
}

function pick(
  { cause, tries }: RecordedRequest,
  { endpoints, ejected }: { readonly endpoints: number; readonly ejected: number },
): ExplainedGate {
  const left = ejected === 0 ? "" : `, ${ejected} of them left out for failing`;
  const among = `among ${endpoints === 1 ? "1 endpoint" : `${endpoints} endpoints`}${left}`;
  if (cause === "no-endpoint" && tries.length === 0) {
    return { gate: "pick", outcome: "refused", detail: `nobody to ask ${among}` };
  }
  const last = tries.at(-1)?.address ?? "";
  return { gate: "pick", outcome: "passed", detail: `${last}, ${among}` };
}
