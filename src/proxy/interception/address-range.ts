// A range of addresses as documents write it, in its one form. It ends up in the input of
// iptables-restore: nothing that isn't a range may.

import { ipBytes } from "#proxy/detection/ip-bytes.ts";
import { ipText } from "#proxy/detection/ip-text.ts";
import type { RuleFamily } from "./rule-settings.ts";

export type AddressRange = { readonly family: RuleFamily; readonly text: string };

// "10.1.2.3/8" -> "10.0.0.0/8"; an address alone is a range of one. Undefined: it is none.
export function parseAddressRange(text: string): AddressRange | undefined {
  const match = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text.trim());
  const bytes = match && ipBytes(match[1]!);
  if (!bytes) return undefined;
  const bits = bytes.length * 8;
  const prefix = match[2] === undefined ? bits : Number(match[2]);
  if (prefix > bits) return undefined;
  for (let i = 0; i < bytes.length; i++) {
    const kept = Math.max(0, Math.min(8, prefix - i * 8));
    bytes[i] = bytes[i]! & (0xff << (8 - kept));
  }
  const family = bytes.length === 4 ? "IPv4" : "IPv6";
  return { family, text: `${ipText(bytes)}/${prefix}` };
}
