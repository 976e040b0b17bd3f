// What the rules of one pod, or of one network namespace, depend on.

import type { CaptureRules } from "#snapshot/pod-settings.ts";

export type RuleSettings = {
  // What the proxy runs as. What it dials isn't captured, or it would come back to it.
  readonly uid: number;
  readonly capture: CaptureRules;
};

export type RuleFamily = "IPv4" | "IPv6";
