// Every fault at every place of a scenario, or each `stride`th of them; and pairs of faults, by
// seed.

import assert from "node:assert/strict";
import { Dice } from "#base/dice.fuzz.ts";
import { FAULT_KINDS, type Fault, type FaultPlace } from "./fault.ts";
import { runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { Identities } from "./virtual-mesh.ts";

export type Sweep = { readonly stride: number; readonly pairs: number };

// Says what went wrong, and how to have just that again.
export async function sweep(
  identities: Identities,
  scenario: Scenario,
  { stride, pairs }: Sweep,
): Promise<void> {
  const { isComplete, counts, complaints } = await runScenario(identities, scenario);
  assert.ok(isComplete, "without a fault the scenario comes to its end");
  assert.deepEqual(complaints, [], "without a fault nothing is left");
  const all = faultsAmong(counts);
  const chosen = all.filter((_, at) => at % stride === 0).map((fault) => [fault]);
  for (let seed = 1; seed <= pairs; seed++) {
    const dice = new Dice(seed);
    chosen.push([dice.oneOf(all), dice.oneOf(all)]);
  }
  const found: string[] = [];
  for (const faults of chosen) found.push(...(await complaintsAbout(identities, scenario, faults)));
  assert.deepEqual(found, []);
}

// "read 12 error, write 3 stall"
export function parseFaults(text: string): readonly Fault[] {
  return text.split(", ").map((one) => {
    const [place = "", number = "", kind = ""] = one.split(" ");
    const kinds: readonly string[] = FAULT_KINDS[place as FaultPlace] ?? [];
    assert.ok(kinds.includes(kind), `"${one}" is no fault: write "read 12 error"`);
    return { place, number: Number(number), kind } as Fault;
  });
}

export async function complaintsAbout(
  identities: Identities,
  scenario: Scenario,
  faults: readonly Fault[],
): Promise<readonly string[]> {
  const text = faults.map(({ place, number, kind }) => `${place} ${number} ${kind}`).join(", ");
  const again = `WEFT_FAULT="${text}" (${scenario.name})`;
  try {
    const { complaints } = await runScenario(identities, scenario, faults);
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
