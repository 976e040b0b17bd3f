// Whether the rules are in force, by a real connection: only they lead from the proof port to the
// proof door. Whoever asks needs no privileges.

import type { Clock } from "#base/clock.ts";
import type { Dial } from "#proxy/transport/byte-stream.ts";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import { proofAddress } from "./nat-rules.ts";
import { PROOF_WORDS } from "./proof-door.ts";
import type { RuleFamily, RuleSettings } from "./rule-settings.ts";

const ANSWER_WITHIN_MS = 1_000;

export type ProofTools = { readonly clock: Clock; readonly dial: Dial };

// `answered` gets undefined, or in one clause what was found instead.
export function proveRules(
  { clock, dial }: ProofTools,
  settings: RuleSettings,
  family: RuleFamily,
  answered: (missing: string | undefined) => void,
): void {
  const target = { address: proofAddress(settings, family), port: POD_PORTS.proof };
  dial(target, ANSWER_WITHIN_MS, {
    failed: ({ kind, detail }) =>
      answered(
        detail === "ECONNREFUSED"
          ? "a connection that they would redirect was refused"
          : `a connection that they would redirect failed (${kind}: ${detail})`,
      ),
    connected(stream) {
      let text = "";
      const timer = clock.after(ANSWER_WITHIN_MS, () => stream.destroy());
      stream.attach({
        data(bytes) {
          text += Buffer.from(bytes).toString("latin1");
          if (text.length >= PROOF_WORDS.length) stream.destroy();
        },
        ended: () => stream.destroy(),
        drained() {},
        closed() {
          timer.cancel();
          const isProven = text === PROOF_WORDS;
          answered(isProven ? undefined : "a stranger took a connection that they would redirect");
        },
      });
    },
  });
}
