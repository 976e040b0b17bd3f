// Every fault at every place of a scenario, or each `stride`th of them.

import assert from "node:assert/strict";
import { FAULT_KINDS, type Fault, type FaultPlace } from "./fault.ts";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { Identities } from "./virtual-mesh.ts";

// Says what went wrong, and how to have just that again.
export async function sweep(
  identities: Identities,
  scenario: Scenario,
  stride: number,
): Promise<void> {
  const { isComplete, counts, complaints } = await runScenario(identities, scenario);
  assert.ok(isComplete, "without a fault the scenario comes to its end");
  assert.deepEqual(complaints, [], "without a fault nothing is left");
  const found: string[] = [];
  for (const [at, fault] of faultsAmong(counts).entries()) {
    if (at % stride !== 0) continue;
    found.push(...(await complaintsAbout(identities, scenario, fault)));
  }
  assert.deepEqual(found, []);
}

export function describeFault({ place, number, kind }: Fault): string {
  return `${place} ${number} ${kind}`;
}

export function parseFault(text: string): Fault {
  const [place = "", number = "", kind = ""] = text.split(" ");
  const kinds: readonly string[] = FAULT_KINDS[place as FaultPlace] ?? [];
  assert.ok(kinds.includes(kind), `"${text}" is no fault: write "read 12 error"`);
  return { place, number: Number(number), kind } as Fault;
}

export async function complaintsAbout(
  identities: Identities,
  scenario: Scenario,
  fault: Fault,
): Promise<readonly string[]> {
  const again = `WEFT_FAULT="${describeFault(fault)}" (${scenario.name})`;
  try {
    const { complaints } = await runScenario(identities, scenario, fault);
    return complaints.length === 0 ? [] : [`${again}: ${complaints.join("; ")}`];
  } catch (error) {
    return [`${again}: ${error instanceof Error ? error.stack : String(error)}`];
  }
}

function faultsAmong(counts: Readonly<Record<FaultPlace, number>>): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [place, kinds] of Object.entries(FAULT_KINDS)) {
    for (let number = 1; number <= counts[place as FaultPlace]; number++) {
      for (const kind of kinds) faults.push({ place, number, kind } as Fault);
    }
  }
  return faults;
}
