// The address of who connected, as `x-forwarded-for` names it: in its one form, and without the
// zone of a link-local one, which means nothing to anybody else.

import { ipBytes } from "#proxy/detection/ip-bytes.ts";
import { ipText } from "#proxy/detection/ip-text.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";

export function clientAddress({ address }: Pick<Target, "address">): string {
  const percent = address.indexOf("%");
  const bare = percent < 0 ? address : address.slice(0, percent);
  const bytes = ipBytes(bare);
  return bytes ? ipText(bytes) : "unknown";
}
