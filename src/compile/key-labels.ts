// By which labels a change of names finds the keys that may mean something else after it. They tell
// too many rather than too few: a key is resolved anew then.

import { isIP } from "node:net";
import { parseHost, type Viewer } from "./resolve-key.ts";

// Of an address itself; of a name its first part and the next, since workloads of headless services
// stand before the service's own name.
export function labelsOfKey(key: string, { namespace }: Viewer): readonly string[] {
  const dialled = parseHost(key);
  if (!dialled) return [];
  const { host } = dialled;
  if (isIP(host) !== 0) return [host];
  const [first = "", second = namespace] = host.split(".");
  return first === second ? [first] : [first, second];
}

// Of a name in the directory; undefined: a pattern, which may concern every key.
export function labelOfName(name: string): string | undefined {
  if (name.startsWith("*")) return undefined;
  if (isIP(name) !== 0) return name;
  const dot = name.indexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
}
