// Many light clients, each of which holds the plans of some services: one that all of them hold,
// and others that a few do.

import { createSecureContext, type SecureContext } from "node:tls";
import type { Authority } from "#control/authority/authority.ts";
import { certificateRequest } from "#identity/certificate-request.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import { formatSpiffeId, type SpiffeId } from "#identity/spiffe-id.ts";
import type { Update } from "#snapshot/messages.ts";
import { ChangeWatch } from "./change-watch.ts";
import { LightClient, type LightSettings } from "./light-client.ts";

export type LightPlace = Pick<LightSettings, "workload" | "address" | "pauseMs"> & {
  readonly identity: SpiffeId;
};

export type LightMeshOptions = {
  readonly control: LightSettings["control"];
  readonly authority: Authority;
  readonly places: readonly LightPlace[];
  readonly services: readonly { readonly namespace: string; readonly name: string }[];
  readonly keysOfEach: number;
};

const PORT = 80;
// So many at once connect, so that the control plane's own pace shows, not a herd.
const AT_ONCE = 20;
const PATIENCE_MS = 120_000;

export class LightMesh {
  readonly clients: readonly LightClient[];
  readonly watch: ChangeWatch;
  readonly lost: string[] = [];
  readonly #greeted = new Set<LightClient>();
  readonly #told = new Map<LightClient, () => void>();

  private constructor(clients: LightClient[], holders: ReadonlyMap<string, LightClient[]>) {
    this.clients = clients;
    this.watch = new ChangeWatch((planId) => holders.get(planId) ?? []);
  }

  static async open(options: LightMeshOptions): Promise<LightMesh> {
    const { control, places, services, keysOfEach } = options;
    const contexts = await contextsOf(options);
    const clients: LightClient[] = [];
    const holders = new Map<string, LightClient[]>();
    const mesh = new LightMesh(clients, holders);
    const events = {
      answered: (client: LightClient, update: Update) => mesh.#answered(client, update),
      lost: (client: LightClient, reason: string) => mesh.#lost(client, reason),
    };
    const open = async (place: LightPlace, i: number): Promise<void> => {
      const held = heldBy(i, services.length, keysOfEach).map((at) => services[at]!);
      const keys = held.map(({ namespace, name }) => `${name}.${namespace}:${PORT}`);
      const context = contexts.get(formatSpiffeId(place.identity))!;
      const client = new LightClient({ ...place, control, context, keys }, events);
      clients.push(client);
      // Nobody waits for those that take their time.
      for (const { namespace, name } of place.pauseMs === undefined ? held : []) {
        const id = planIdOf({ namespace, name });
        const known = holders.get(id);
        if (known) known.push(client);
        else holders.set(id, [client]);
      }
      await new Promise<void>((resolve) => mesh.#told.set(client, resolve));
    };
    const queue = places.map((place, i) => ({ place, i }));
    const lane = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) await open(next.place, next.i);
    };
    const late = setTimeout(() => {
      throw new Error(`Only ${clients.length} of ${places.length} proxies were told their plans`);
    }, PATIENCE_MS);
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    clearTimeout(late);
    return mesh;
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  #answered(client: LightClient, update: Update): void {
    if (!this.#greeted.has(client)) {
      this.#greeted.add(client);
      this.#told.get(client)?.();
      this.#told.delete(client);
    }
    this.watch.answered(client, update);
  }

  #lost(client: LightClient, reason: string): void {
    const { namespace, name } = client.settings.workload;
    this.lost.push(`${namespace}/${name}: ${reason}`);
    this.#told.get(client)?.();
  }
}

export function planIdOf(service: { readonly namespace: string; readonly name: string }): string {
  return `outbound/${service.namespace}/${service.name}/${PORT}`;
}

// The first is everybody's.
function heldBy(client: number, services: number, count: number): readonly number[] {
  const others = Array.from({ length: count - 1 }, (_, i) => client * (count - 1) + i);
  return [...new Set([0, ...others.map((at) => 1 + (at % (services - 1)))])];
}

// One key for all of an identity: it is not what is measured.
async function contextsOf({ authority, places }: LightMeshOptions) {
  const contexts = new Map<string, SecureContext>();
  for (const { identity } of places) {
    const name = formatSpiffeId(identity);
    if (contexts.has(name)) continue;
    const key = generateKeyPem();
    const signing = await authority.sign(certificateRequest(key, identity), identity);
    if (signing.kind === "refused") throw new Error(signing.reason);
    const ca = [...authority.trust];
    contexts.set(name, createSecureContext({ key, cert: signing.certificate, ca }));
  }
  return contexts;
}
