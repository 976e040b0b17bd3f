// This proxy's link to its control plane, by its settings.

import { ControlLink } from "#proxy/feed/control-link.ts";
import { readTrust } from "#proxy/feed/join-files.ts";
import type { PlanFeed } from "#proxy/feed/plan-feed.ts";
import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { CONTROL_ALPN } from "./alpn.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import type { World } from "./world.ts";

// `trusted` gets other roots than those that we have.
export function controlLinkFor(
  { control, controlIdentity, joinFiles }: ProxySettings,
  { clock, random, log, network, files }: World,
  tools: CodecTools,
  slot: CredentialSlot,
  feed: PlanFeed,
  trusted: (trust: readonly string[]) => void,
): ControlLink {
  const dial = network.meshDial({ slot, clock, alpn: CONTROL_ALPN });
  return new ControlLink({
    dial: (timeoutMs, events) => dial(control, [controlIdentity], timeoutMs, events),
    feed,
    tools,
    clock,
    random,
    log,
    // The roots may have been replaced while the control plane couldn't tell us.
    untrusted() {
      const trust = joinFiles ? readTrust(files, joinFiles) : [];
      if (trust.length > 0) trusted(trust);
    },
  });
}
