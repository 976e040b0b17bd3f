import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POD_SETTINGS } from "#snapshot/default-pod-settings.ts";
import type { CaptureRules } from "#snapshot/pod-settings.ts";
import { natRules, proofAddress } from "./nat-rules.ts";

const ALL = settings({});

const PROOF = `-d ${proofAddress(ALL, "IPv4")}/32 -p tcp -m tcp --dport 15002`;

test("by default all TCP is captured but the proxy's own, loopback, link-local and DNS", () => {
  assert.deepEqual(natRules(ALL, "IPv4"), [
    "-A WEFT_INBOUND -p tcp -m tcp --dport 15008 -j RETURN",
    "-A WEFT_INBOUND -p tcp -m tcp --dport 15020:15021 -j RETURN",
    "-A WEFT_INBOUND -p tcp -j REDIRECT --to-ports 15006",
    `-A WEFT_OUTPUT ${PROOF} -j REDIRECT --to-ports 15003`,
    "-A WEFT_OUTPUT -p tcp -m owner --uid-owner 1337 -j RETURN",
    "-A WEFT_OUTPUT -d 127.0.0.0/8 -p tcp -j RETURN",
    "-A WEFT_OUTPUT -d 169.254.0.0/16 -p tcp -j RETURN",
    "-A WEFT_OUTPUT -p tcp -m tcp --dport 53 -j RETURN",
    "-A WEFT_OUTPUT -p tcp -m tcp --dport 15020:15021 -j RETURN",
    "-A WEFT_OUTPUT -p tcp -j REDIRECT --to-ports 15001",
  ]);
  assert.deepEqual(
    natRules(ALL, "IPv6").filter((rule) => rule.includes(" -d ")),
    [
      "-A WEFT_OUTPUT -d ::1/128 -p tcp -m tcp --dport 15002 -j REDIRECT --to-ports 15003",
      "-A WEFT_OUTPUT -d ::1/128 -p tcp -j RETURN",
      "-A WEFT_OUTPUT -d fe80::/10 -p tcp -j RETURN",
    ],
  );
});

test("what is excluded stands before what is captured, each family has its own ranges", () => {
  const some = settings({
    inboundPorts: [[8080, 8080]],
    inboundPortsExcluded: [[9000, 9100]],
    outboundRanges: ["10.96.0.0/12", "fd00:96::/112"],
    outboundRangesExcluded: ["10.100.0.0/16"],
    outboundPorts: [[443, 443]],
    outboundPortsExcluded: [[25, 25]],
  });
  const rules = natRules(some, "IPv4").map((rule) => rule.replace(/-A WEFT_(IN|OUT)\w+ /, "$1 "));
  assert.deepEqual(
    rules.filter((rule) => /8080|9000|10\.|443|dport 25/.test(rule)),
    [
      "IN -p tcp -m tcp --dport 9000:9100 -j RETURN",
      "IN -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 15006",
      "OUT -d 10.100.0.0/16 -p tcp -j RETURN",
      "OUT -p tcp -m tcp --dport 25 -j RETURN",
      "OUT -p tcp -m tcp --dport 443 -j REDIRECT --to-ports 15001",
      "OUT -d 10.96.0.0/12 -p tcp -j REDIRECT --to-ports 15001",
    ],
  );
  const sixth = natRules(some, "IPv6");
  assert.equal(sixth.at(-1), "-A WEFT_OUTPUT -d fd00:96::/112 -p tcp -j REDIRECT --to-ports 15001");
});

test("rules that differ are proven at different addresses", () => {
  const others = [
    { ...ALL, owner: { uid: 1338 } },
    { ...ALL, owner: { gid: 1337 } },
    settings({ outboundPortsExcluded: [[25, 25]] }),
    settings({ inboundPorts: [] }),
  ];
  const addresses = [ALL, ...others].map((one) => proofAddress(one, "IPv4"));
  assert.equal(new Set(addresses).size, 5);
  for (const address of addresses) assert.match(address, /^127\.(?!0\.0\.)\d+\.\d+\.\d+$/);
});

test("a range that is none is refused, whatever it hides", () => {
  const evil = settings({ outboundRangesExcluded: ["10.0.0.0/8\nCOMMIT\n*filter"] });
  assert.throws(() => natRules(evil, "IPv4"), /is no range of addresses/);
});

function settings(capture: Partial<CaptureRules>) {
  return { owner: { uid: 1337 }, capture: { ...DEFAULT_POD_SETTINGS.capture, ...capture } };
}
