// What the rules of one pod, or of one network namespace, depend on.

import type { CaptureRules } from "#snapshot/pod-settings.ts";

export type RuleSettings = {
  // What the proxy, and nobody else, runs as. What it dials isn't captured, or it would come back.
  readonly owner: RuleOwner;
  readonly capture: CaptureRules;
};

export type RuleOwner = { readonly uid: number } | { readonly gid: number };

export type RuleFamily = "IPv4" | "IPv6";
