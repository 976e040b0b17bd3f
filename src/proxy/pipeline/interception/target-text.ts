import { isIPv6 } from "node:net";
import type { Target } from "#proxy/transport/byte-stream.ts";

// "10.0.0.7:9080", "[fd00::7]:9080".
export function targetText({ address, port }: Target): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
