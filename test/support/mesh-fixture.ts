// A mesh listener on loopback and the means to dial it, for tests of the TLS between proxies.

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { systemClock } from "#base/clock.ts";
import { CredentialSlot } from "#proxy/tls/credential-slot.ts";
import { type Credentials, credentialsOf } from "#proxy/tls/credentials.ts";
import { meshDial } from "#proxy/tls/mesh-dial.ts";
import { type MeshListenOptions, meshListen } from "#proxy/tls/mesh-listen.ts";
import type { MeshPeer } from "#proxy/tls/mesh-peer.ts";
import type { TlsMaterial } from "#proxy/tls/tls-settings.ts";
import type {
  ByteStream,
  ByteStreamEvents,
  DialFailure,
  Target,
} from "#proxy/transport/byte-stream.ts";
import type { Material } from "./test-authority.ts";

export const CART = "spiffe://mesh.local/ns/shop/sa/cart";
export const WEB = "spiffe://mesh.local/ns/shop/sa/web";
export const ALPN = "weft/1";

export function slotWith(material: Material): CredentialSlot {
  const slot = new CredentialSlot();
  slot.replace(credentials(material));
  return slot;
}

export function credentials({ keyPem, certificatePem, trustPem }: Material): Credentials {
  const reading = credentialsOf(keyPem, certificatePem, trustPem);
  assert.equal(reading.kind, "valid", reading.kind === "invalid" ? reading.reason : "");
  return reading.credentials;
}

export type Accepted = { readonly end: StreamEnd; readonly peer: MeshPeer };

export class MeshFixture {
  readonly target: Target;
  readonly close: () => void;
  readonly accepted: Accepted[] = [];
  readonly refused: string[] = [];
  #changed = () => {};

  private constructor(target: Target, close: () => void) {
    this.target = target;
    this.close = close;
  }

  static async listen(
    t: TestContext,
    slot: CredentialSlot,
    options: Partial<MeshListenOptions> = {},
  ): Promise<MeshFixture> {
    let fixture: MeshFixture | undefined;
    const listener = await meshListen({
      slot,
      on: { address: "127.0.0.1", port: 0 },
      alpns: [ALPN],
      onStream: (stream, peer) => fixture?.note({ end: new StreamEnd(stream), peer }),
      onRefused: (detail) => fixture?.note(detail),
      ...options,
    });
    fixture = new MeshFixture(listener, listener.close);
    const made = fixture;
    t.after(() => {
      listener.close();
      for (const { end } of made.accepted) end.stream.destroy();
    });
    return made;
  }

  note(event: Accepted | string): void {
    if (typeof event === "string") this.refused.push(event);
    else this.accepted.push(event);
    this.#changed();
  }

  async until(isTrue: (fixture: MeshFixture) => boolean): Promise<void> {
    while (!isTrue(this)) await new Promise<void>((resolve) => (this.#changed = resolve));
  }
}

export type Dialled =
  | { readonly kind: "connected"; readonly end: StreamEnd; readonly peer: MeshPeer }
  | ({ readonly kind: "failed" } & Pick<DialFailure, "detail"> & { why: DialFailure["kind"] });

export type DialRequest = {
  readonly slot: { readonly current: TlsMaterial | undefined };
  readonly identities?: readonly string[];
  readonly alpn?: string;
  readonly timeoutMs?: number;
};

export function dial(t: TestContext, target: Target, request: DialRequest): Promise<Dialled> {
  const { slot, identities = [CART], alpn = ALPN, timeoutMs = 5_000 } = request;
  return new Promise((resolve) => {
    meshDial({ slot, clock: systemClock, alpn })(target, identities, timeoutMs, {
      connected(stream, peer) {
        t.after(() => stream.destroy());
        resolve({ kind: "connected", end: new StreamEnd(stream), peer });
      },
      failed: ({ kind, detail }) => resolve({ kind: "failed", why: kind, detail }),
    });
  });
}

export function connected(dialled: Dialled) {
  assert.equal(dialled.kind, "connected", JSON.stringify(dialled));
  return dialled;
}

export function failed(dialled: Dialled) {
  assert.equal(dialled.kind, "failed");
  return dialled;
}

// One end of a connection: what has come, and whether it is closed.
export class StreamEnd implements ByteStreamEvents {
  readonly stream: ByteStream;
  text = "";
  endsAfter = 0; // ms that our direction stays open after the peer's
  closedWith: string | undefined;
  #changed = () => {};

  constructor(stream: ByteStream) {
    this.stream = stream;
    stream.attach(this);
  }

  send(text: string): void {
    this.stream.write(Buffer.from(text));
  }

  async whenReceived(text: string): Promise<void> {
    await this.#until(() => this.text.endsWith(text));
  }

  async whenClosed(): Promise<string> {
    await this.#until(() => this.closedWith !== undefined);
    return this.closedWith!;
  }

  data(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString("latin1");
    this.#changed();
  }

  ended(): void {
    setTimeout(() => this.stream.end(), this.endsAfter);
  }

  drained(): void {}

  closed(code: string): void {
    this.closedWith = code;
    this.#changed();
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => (this.#changed = resolve));
  }
}
