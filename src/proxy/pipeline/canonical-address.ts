// An IP address in its one form, so that two texts of it can't be two addresses: IPv6 as RFC 5952
// writes it, IPv4 inside IPv6 as IPv4. Undefined where the text is no address.

import { ipBytes } from "#proxy/detection/ip-bytes.ts";
import { ipText } from "#proxy/detection/ip-text.ts";

export function canonicalAddress(text: string): string | undefined {
  const bytes = ipBytes(text);
  return bytes && ipText(bytes);
}
