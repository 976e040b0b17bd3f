// Addresses for hosts that have none, from a range that nobody uses (240.240.0.0/16, as Istio): by
// them a connection says which host it is for. A host keeps its address as long as no other one
// that hashes to it comes before it in the alphabet.

import { createHash } from "node:crypto";
import type { Service } from "#ir/model.ts";
import { compareText } from "./compare.ts";

const PREFIX = "240.240";
const SLOTS = 65_536;
// .0 and .255 are left out: some take them for a network and for everybody in it.
const LAST_BYTE = { least: 1, most: 254 };

export function allocateAddresses(services: readonly Service[]): ReadonlyMap<Service, string> {
  const wanting = services
    .filter(wantsAddress)
    .sort((a, b) => compareText(`${a.name}/${a.namespace}`, `${b.name}/${b.namespace}`));
  const taken = new Set<number>();
  const addresses = new Map<Service, string>();
  for (const service of wanting) {
    const slot = freeSlot(`${service.namespace}/${service.name}`, taken);
    if (slot === undefined) break;
    taken.add(slot);
    addresses.set(service, `${PREFIX}.${slot >> 8}.${slot & 0xff}`);
  }
  return addresses;
}

function wantsAddress({ host, addresses, isAsDialled }: Service): boolean {
  if (host === undefined || host.startsWith("*")) return false;
  return addresses === undefined && !isAsDialled;
}

function freeSlot(text: string, taken: ReadonlySet<number>): number | undefined {
  const first = createHash("sha256").update(text).digest().readUInt16BE(0);
  for (let i = 0; i < SLOTS; i++) {
    const slot = (first + i) % SLOTS;
    const last = slot & 0xff;
    if (last < LAST_BYTE.least || last > LAST_BYTE.most || taken.has(slot)) continue;
    return slot;
  }
  return undefined;
}
