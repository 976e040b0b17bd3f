// Proves the rules of this pod from inside it: by a connection, and, where the kernel lets us read
// them, word by word.

import type { Listener } from "#proxy/transport/net-listen.ts";
import { readRules } from "./iptables.ts";
import { type Listen, openProofDoor } from "./proof-door.ts";
import { type ProofTools, proveRules } from "./prove-rules.ts";
import type { RuleFamily, RuleSettings } from "./rule-settings.ts";

export type FamilyCheck = {
  readonly family: RuleFamily;
  readonly isInForce: boolean;
  // "redirected", or what was found instead.
  readonly connection: string;
  // What differs from what should be there; undefined: they can't be read, see `unreadable`.
  readonly differences: readonly string[] | undefined;
  // Which program read them, or why none could.
  readonly by: string;
};

export async function checkRules(
  tools: ProofTools & { readonly listen: Listen },
  settings: RuleSettings,
  family: RuleFamily,
): Promise<FamilyCheck> {
  const door = await openDoor(tools.listen, family);
  const missing = await new Promise<string | undefined>((resolve) =>
    proveRules(tools, settings, family, resolve),
  );
  door?.close();
  const reading = readRules(settings, family);
  const differences = reading.kind === "read" ? reading.differences : undefined;
  return {
    family,
    isInForce: missing === undefined && (differences ?? []).length === 0,
    connection: missing ?? "redirected",
    differences,
    by: reading.kind === "read" ? reading.by : reading.reasons.join("; "),
  };
}

// The proxy of this pod has it, where one runs already.
async function openDoor(listen: Listen, family: RuleFamily): Promise<Listener | undefined> {
  try {
    return await openProofDoor(listen, family);
  } catch {
    return undefined;
  }
}
