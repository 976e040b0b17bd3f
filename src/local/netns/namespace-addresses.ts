// The addresses of network namespaces on this machine: all of them and the machine itself are
// neighbours on one bridge. 198.18.0.0/15 is for tests of networks (RFC 2544), so no route of
// anybody leads there; the other range is one of those that everybody may make (RFC 4193).

export const NAMESPACE_NETWORK = {
  bridge: "weft0",
  ranges: ["198.19.0.0/16", "fd77:6566:7400::/64"],
  host: ["198.19.0.1", "fd77:6566:7400::1"],
  bits: [16, 64],
} as const;

// 0 to NAMESPACE_SLOTS - 1; without the first and the last addresses of the range.
export const NAMESPACE_SLOTS = 65_000;
const FIRST = 256;

export type NamespaceAddresses = {
  readonly link: string; // the host's end of its cable
  readonly addresses: readonly [fourth: string, sixth: string];
};

export function namespaceAddresses(slot: number): NamespaceAddresses {
  const number = FIRST + slot;
  return {
    link: `weft${number}`,
    addresses: [`198.19.${number >> 8}.${number & 0xff}`, `fd77:6566:7400::${number.toString(16)}`],
  };
}
