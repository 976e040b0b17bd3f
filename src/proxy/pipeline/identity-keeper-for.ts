// The keeper of this proxy's certificate: it joins with the token that the supervisor has handed
// over, and renews over the control stream's connection.

import type { ControlLink } from "#proxy/feed/control-link.ts";
import { IdentityKeeper } from "#proxy/feed/identity-keeper.ts";
import { joinConnection } from "#proxy/feed/join-connection.ts";
import type { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import { CredentialsFile } from "#proxy/tls/credentials-file.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { CONTROL_ALPN } from "./alpn.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import type { World } from "./world.ts";

export function identityKeeperFor(
  settings: ProxySettings,
  world: World,
  tools: CodecTools,
  slot: CredentialSlot,
  link: ControlLink,
): IdentityKeeper {
  const { identity, token, trust, stateFolder, control, controlIdentity } = settings;
  const { clock, random, log, files, network } = world;
  // Nobody yet: only the control plane is known.
  const stranger = { current: { trustPem: trust } };
  const dial = network.meshDial({ slot: stranger, clock, alpn: CONTROL_ALPN });
  return new IdentityKeeper({
    identity,
    token,
    slot,
    file: new CredentialsFile(files, stateFolder),
    clock,
    random,
    log,
    joinConnection: () => joinConnection(dial, control, controlIdentity, tools),
    connection: () => link.connection,
  });
}
