// The rules of a pod, from the environment that the injector gives its containers: WEFT_SETTINGS
// and, where it isn't 1337, WEFT_PROXY_UID.

import type { RuleSettings } from "#proxy/interception/rule-settings.ts";
import { DEFAULT_POD_SETTINGS } from "#snapshot/default-pod-settings.ts";
import { parsePodSettings } from "#snapshot/parse-pod-settings.ts";
import type { PodSettings } from "#snapshot/pod-settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const PROXY_UID = 1337;

// Throws with a sentence where they say nothing of use.
export function podSettings(environment: Environment): PodSettings {
  const text = environment["WEFT_SETTINGS"];
  if (text === undefined || text === "") return DEFAULT_POD_SETTINGS;
  const parsing = parsePodSettings(text);
  if (parsing.kind === "refused") throw new Error(parsing.reason);
  return parsing.settings;
}

export function podRules(environment: Environment): RuleSettings {
  const text = environment["WEFT_PROXY_UID"] ?? String(PROXY_UID);
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) {
    throw new Error(`WEFT_PROXY_UID is "${text}"; right is the number of a user other than root`);
  }
  return { uid: Number(text), capture: podSettings(environment).capture };
}
