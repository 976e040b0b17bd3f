// What a port's name says about what it speaks, as Istio reads it: the name itself, or what stands
// before its first dash ("http", "grpc-api", "mysql-main").

import type { Protocol } from "./model.ts";
import { PROTOCOL_WORDS } from "./protocol-words.ts";

export function protocolOfPortName(name: string): Protocol {
  const lower = name.toLowerCase();
  // The one word with a dash in it.
  if (lower.startsWith("grpc-web")) return "http";
  const [first = ""] = lower.split("-", 1);
  return PROTOCOL_WORDS.get(first) ?? "detect";
}
