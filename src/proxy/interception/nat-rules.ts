// The rules that bring a pod's TCP connections to its proxy, as text for iptables-restore.
//
//   PREROUTING -> WEFT_INBOUND: what comes from elsewhere -> inbound (15006)
//   OUTPUT     -> WEFT_OUTPUT:  what starts here          -> outbound (15001)
//
// Only TCP: UDP and DNS stay as they are. Loopback addresses stay, too; a pod that calls its own
// address does go through its proxy, as if it called another. What the proxy dials, known by its
// user, is never captured.

import { createHash } from "node:crypto";
import { POD_PORTS } from "#snapshot/pod-ports.ts";
import type { PortRange } from "#snapshot/pod-settings.ts";
import { parseAddressRange } from "./address-range.ts";
import type { RuleFamily, RuleOwner, RuleSettings } from "./rule-settings.ts";

// What is never captured on its way out: an application's own loopback, and link-local addresses,
// where clouds and node-local DNS answer for this very machine.
const UNTOUCHED: Readonly<Record<RuleFamily, readonly string[]>> = {
  IPv4: ["127.0.0.0/8", "169.254.0.0/16"],
  IPv6: ["::1/128", "fe80::/10"],
};
const DNS: PortRange = [53, 53];
// What a proxy of the mesh serves to whoever watches it.
const WATCHED: PortRange = [POD_PORTS.metrics, POD_PORTS.health];
const OWN_INBOUND: readonly PortRange[] = [
  [POD_PORTS.mesh, POD_PORTS.mesh],
  [POD_PORTS.metrics, POD_PORTS.health],
];

export const NAT_JUMPS = [
  { hook: "PREROUTING", chain: "WEFT_INBOUND" },
  { hook: "OUTPUT", chain: "WEFT_OUTPUT" },
] as const;

// The rules of our two chains, one a line, as iptables-save prints them. Throws where a range of
// the settings is none.
export function natRules(settings: RuleSettings, family: RuleFamily): readonly string[] {
  const rules = [...inboundRules(settings), ...outboundRules(settings, family)];
  const { proof, proofDoor } = POD_PORTS;
  const target = `-d ${proofAddress(settings, family)}/${family === "IPv4" ? 32 : 128}`;
  // Before all others: it is the proxy itself that dials it.
  const match = `${target} ${toPorts([proof, proof])}`;
  const proving = `-A WEFT_OUTPUT ${match} ${redirectTo(proofDoor)}`;
  const at = rules.findIndex((rule) => rule.startsWith("-A WEFT_OUTPUT"));
  return rules.toSpliced(at, 0, proving);
}

// Rules as they should be redirect port 15002 of this address: whoever reaches the proof door there
// knows that exactly these are in force. IPv6 has but one address for that.
export function proofAddress(settings: RuleSettings, family: RuleFamily): string {
  if (family === "IPv6") return "::1";
  const rules = [...inboundRules(settings), ...outboundRules(settings, family)].join("\n");
  const [a, b, c] = createHash("sha256").update(rules).digest();
  // What `weft up` uses of loopback begins at 127.64.
  return `127.${1 + (a! % 63)}.${b}.${1 + (c! % 254)}`;
}

function inboundRules({ capture }: RuleSettings): string[] {
  const { inboundPorts, inboundPortsExcluded } = capture;
  const rule = (match: string, what: string) => `-A WEFT_INBOUND ${match} ${what}`;
  const taken = redirectTo(POD_PORTS.inbound);
  return [
    ...[...OWN_INBOUND, ...inboundPortsExcluded].map((ports) => rule(toPorts(ports), "-j RETURN")),
    ...(inboundPorts === "*"
      ? [rule("-p tcp", taken)]
      : inboundPorts.map((ports) => rule(toPorts(ports), taken))),
  ];
}

function outboundRules({ owner, capture }: RuleSettings, family: RuleFamily): string[] {
  const { outboundRanges, outboundRangesExcluded, outboundPorts, outboundPortsExcluded } = capture;
  const rule = (match: string, what: string) => `-A WEFT_OUTPUT ${match} ${what}`;
  const stays = "-j RETURN";
  const taken = redirectTo(POD_PORTS.outbound);
  // iptables-save leaves out a match on everything.
  const to = (range: string) => (range.endsWith("/0") ? "-p tcp" : `-d ${range} -p tcp`);
  const excluded = rangesOf(outboundRangesExcluded, family);
  return [
    rule(`-p tcp -m owner ${ownerMatch(owner)}`, stays),
    ...[...UNTOUCHED[family], ...excluded].map((range) => rule(to(range), stays)),
    ...[DNS, WATCHED, ...outboundPortsExcluded].map((ports) => rule(toPorts(ports), stays)),
    ...outboundPorts.map((ports) => rule(toPorts(ports), taken)),
    ...(outboundRanges === "*"
      ? [rule("-p tcp", taken)]
      : rangesOf(outboundRanges, family).map((range) => rule(to(range), taken))),
  ];
}

function ownerMatch(owner: RuleOwner): string {
  return "uid" in owner ? `--uid-owner ${owner.uid}` : `--gid-owner ${owner.gid}`;
}

function toPorts([first, last]: PortRange): string {
  return `-p tcp -m tcp --dport ${first === last ? first : `${first}:${last}`}`;
}

function redirectTo(port: number): string {
  return `-j REDIRECT --to-ports ${port}`;
}

// Those of this family, in their one form.
function rangesOf(texts: readonly string[], family: RuleFamily): string[] {
  return texts.flatMap((text) => {
    const range = parseAddressRange(text);
    if (!range) throw new Error(`"${text}" is no range of addresses; right is one as 10.0.0.0/8`);
    return range.family === family ? [range.text] : [];
  });
}
