// The rules of a pod, from the environment that the injector gives its containers: WEFT_SETTINGS
// and, where it isn't 1337, WEFT_PROXY_UID; WEFT_PROXY_GID instead where a group tells the proxy.

import type { RuleSettings } from "#proxy/interception/rule-settings.ts";
import { DEFAULT_POD_SETTINGS } from "#snapshot/default-pod-settings.ts";
import { parsePodSettings } from "#snapshot/parse-pod-settings.ts";
import type { PodSettings } from "#snapshot/pod-settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const PROXY_ID = 1337;

// Throws with a sentence where they say nothing of use.
export function podSettings(environment: Environment): PodSettings {
  const text = environment["WEFT_SETTINGS"];
  if (text === undefined || text === "") return DEFAULT_POD_SETTINGS;
  const parsing = parsePodSettings(text);
  if (parsing.kind === "refused") throw new Error(parsing.reason);
  return parsing.settings;
}

export function podRules(environment: Environment): RuleSettings {
  const { capture } = podSettings(environment);
  const gid = environment["WEFT_PROXY_GID"];
  if (gid !== undefined) return { owner: { gid: idOf("WEFT_PROXY_GID", gid) }, capture };
  const uid = environment["WEFT_PROXY_UID"] ?? String(PROXY_ID);
  return { owner: { uid: idOf("WEFT_PROXY_UID", uid) }, capture };
}

function idOf(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) !== 0) return Number(text);
  throw new Error(`${name} is "${text}"; right is a number other than root's`);
}
