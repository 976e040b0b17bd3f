// The keeper of this proxy's certificate: it joins with the token that the supervisor has handed
// over, or that lies in a file, and renews over the control stream's connection.

import type { FileSystem } from "#base/file-system.ts";
import type { ControlLink } from "#proxy/feed/control-link.ts";
import { IdentityKeeper } from "#proxy/feed/identity-keeper.ts";
import { joinConnection } from "#proxy/feed/join-connection.ts";
import { readToken, readTrust } from "#proxy/feed/join-files.ts";
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
  const { identity, token, stateFolder, control, controlIdentity, joinFiles } = settings;
  const { clock, random, log, files, network } = world;
  const stranger = new Stranger(settings, files);
  const dial = network.meshDial({ slot: stranger, clock, alpn: CONTROL_ALPN });
  return new IdentityKeeper({
    identity,
    token: () => (joinFiles ? readToken(files, joinFiles) : token),
    mayCome: joinFiles !== undefined,
    slot,
    file: new CredentialsFile(files, stateFolder),
    clock,
    random,
    log,
    joinConnection: () => joinConnection(dial, control, controlIdentity, tools),
    connection: () => link.connection,
  });
}

// Has no identity yet: only the control plane is known.
class Stranger {
  readonly #settings: ProxySettings;
  readonly #files: FileSystem;
  #current: { readonly trustPem: readonly string[] };

  constructor(settings: ProxySettings, files: FileSystem) {
    this.#settings = settings;
    this.#files = files;
    this.#current = { trustPem: settings.trust };
  }

  // The same object as long as it says the same.
  get current(): { readonly trustPem: readonly string[] } {
    const { joinFiles } = this.#settings;
    const trustPem = joinFiles ? readTrust(this.#files, joinFiles) : this.#settings.trust;
    if (trustPem.join() !== this.#current.trustPem.join()) this.#current = { trustPem };
    return this.#current;
  }
}
