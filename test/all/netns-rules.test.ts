// The rules of interception in real kernels' tables, in network namespaces of the test's own.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { DEFAULT_POD_SETTINGS } from "#snapshot/default-pod-settings.ts";
import type { CaptureRules } from "#snapshot/pod-settings.ts";
import { asUser } from "../support/as-user.ts";
import { NetworkNamespace } from "../support/network-namespace.ts";

const POD_INIT = ["node_modules/.bin/node", "src/main/pod-init.ts"];
const ASK = ["node_modules/.bin/node", "test/support/ask-who.mjs"];
const AS_PROXY = asUser(1337);
const OWN = ["10.77.0.1/24", "fd77::1/64"];
const PEER = ["10.77.0.2/24", "10.99.0.1/16", "fd77::2/64"];

test("rules made twice are there once, are proven, and leave nothing when they go", async (t) => {
  const pod = await NetworkNamespace.make(t);
  const before = rulesOf(pod);
  for (const _ of [1, 2]) {
    const made = await pod.try(POD_INIT);
    assert.equal(made.code, 0, made.out);
  }
  const once = rulesOf(pod);
  assert.equal(once.match(/-A OUTPUT -p tcp -j WEFT_OUTPUT/g)?.length, 2, "one for each family");
  assert.equal((await pod.try([...POD_INIT, "--check"])).code, 0);
  assert.equal((await pod.try([...AS_PROXY, ...POD_INIT, "--check"])).code, 0);
  assert.equal((await pod.try([...POD_INIT, "--remove"])).code, 0);
  assert.equal(rulesOf(pod), before);
  assert.equal((await pod.try([...POD_INIT, "--remove"])).code, 0);
});

test("rules of others stay where they are", async (t) => {
  const pod = await NetworkNamespace.make(t);
  const other = ["-t", "nat", "-A", "OUTPUT", "-p", "udp", "--dport", "99", "-j", "RETURN"];
  pod.run("iptables-nft", ...other);
  await pod.try(POD_INIT);
  await pod.try(POD_INIT);
  await pod.try([...POD_INIT, "--remove"]);
  assert.match(rulesOf(pod), /-A OUTPUT -p udp -m udp --dport 99 -j RETURN/);
});

test("a check finds what is missing, different or not meant for this proxy", async (t) => {
  const pod = await NetworkNamespace.make(t);
  pod.connect(await NetworkNamespace.make(t), OWN, PEER);
  const check = async (env = {}) => {
    const { code, out } = await pod.try([...POD_INIT, "--check", "--json"], env);
    const { isInForce, families } = JSON.parse(out);
    assert.equal(code, isInForce ? 0 : 1);
    return { isInForce, families };
  };
  assert.match((await check()).families[0].connection, /was refused/);
  await pod.try(POD_INIT);
  assert.equal((await check()).isInForce, true);
  assert.equal((await check()).families.length, 2);
  const byOther = await check({ WEFT_PROXY_UID: "1000" });
  assert.match(byOther.families[0].connection, /was refused/);
  pod.run("iptables-nft", "-t", "nat", "-D", "WEFT_OUTPUT", "3");
  const damaged = await check();
  assert.deepEqual(damaged.families[0].differences, [
    "missing: -A WEFT_OUTPUT -d 127.0.0.0/8 -p tcp -j RETURN",
  ]);
  assert.equal(damaged.families[1].isInForce, true);
  pod.run("ip6tables-nft", "-t", "nat", "-F", "OUTPUT");
  assert.equal((await check()).families[1].isInForce, false);
});

test("what can't be understood makes no rules", async (t) => {
  const pod = await NetworkNamespace.make(t);
  const before = rulesOf(pod);
  const evil = settings({ outboundRangesExcluded: ["10.0.0.0/8\n-A OUTPUT -j ACCEPT"] });
  for (const env of [evil, { WEFT_SETTINGS: "{" }, { WEFT_PROXY_UID: "0" }]) {
    const { code, out } = await pod.try(POD_INIT, env);
    assert.equal(code, 1);
    assert.match(out, /^Cannot go on: /);
  }
  assert.equal((await pod.try([...POD_INIT, "--chek"])).code, 2);
  assert.equal(rulesOf(pod), before);
});

test("legacy tables that hold our rules are found, and cleared for the newer kind", async (t) => {
  const pod = await NetworkNamespace.make(t);
  pod.run("iptables-legacy", "-t", "nat", "-N", "WEFT_OUTPUT");
  pod.run("iptables-legacy", "-t", "nat", "-A", "OUTPUT", "-p", "tcp", "-j", "WEFT_OUTPUT");
  assert.equal((await pod.try(POD_INIT)).code, 0);
  assert.doesNotMatch(pod.run("iptables-legacy-save", "-t", "nat"), /WEFT/);
  assert.match(rulesOf(pod), /WEFT_OUTPUT/);
});

test("a kernel without nftables gets legacy rules, on a root that can't be written", async (t) => {
  const pod = await NetworkNamespace.make(t);
  const hidden = [
    "mount --bind /bin/false /usr/sbin/xtables-nft-multi",
    "mount -t tmpfs -o ro none /run",
    `exec ${POD_INIT.join(" ")}`,
  ];
  const { code, out } = await pod.try(["unshare", "--mount", "sh", "-ec", hidden.join("\n")]);
  assert.equal(code, 0, out);
  assert.match(out, /Made the rules for IPv4 \(iptables-legacy\)/);
  assert.match(pod.run("iptables-legacy-save", "-t", "nat"), /-A OUTPUT -p tcp -j WEFT_OUTPUT/);
  assert.equal(rulesOf(pod), "");
});

test("what starts in a pod goes to its proxy, and what is excluded doesn't", async (t) => {
  const { ask } = await twoPods(t, {
    outboundRangesExcluded: ["10.99.0.0/16"],
    outboundPortsExcluded: [[2525, 2525]],
  });
  await ask("own", {
    "10.1.2.3 80": "outbound 10.1.2.3 80",
    "fd99::5 443": "outbound fd99::5 443",
    // A pod that calls itself by its own address is answered by its proxy; by loopback it isn't.
    "10.77.0.1 8080": "outbound 10.77.0.1 8080",
    "fd77::1 8080": "outbound fd77::1 8080",
    "127.0.0.1 8080": "application 8080",
    "::1 8080": "application 8080",
    // Excluded, or DNS: they reach the other pod, which takes them.
    "10.99.0.1 80": "inbound 10.99.0.1 80",
    "10.77.0.2 2525": "inbound 10.77.0.2 2525",
    "10.77.0.2 53": "inbound 10.77.0.2 53",
    "fd77::2 53": "inbound fd77::2 53",
  });
});

test("what a proxy dials isn't captured, as root's and everybody's is", async (t) => {
  const { ask } = await twoPods(t, {});
  await ask("own proxy", {
    "10.77.0.1 8080": "application 8080",
    "10.77.0.2 8080": "inbound 10.77.0.2 8080",
    "fd77::2 8080": "inbound fd77::2 8080",
  });
});

test("what comes to a pod goes to its proxy, but for what is excluded", async (t) => {
  const { ask } = await twoPods(t, { inboundPortsExcluded: [[8081, 8089]] });
  await ask("own proxy", {
    "10.77.0.2 8080": "inbound 10.77.0.2 8080",
    "fd77::2 9999": "inbound fd77::2 9999",
    "10.77.0.2 15001": "inbound 10.77.0.2 15001",
    "10.77.0.2 8085": "application 8085",
    "10.77.0.2 15008": "application 15008",
    "fd77::2 15021": "application 15021",
  });
});

test("only chosen ports and ranges are captured where they are chosen", async (t) => {
  const { ask } = await twoPods(t, {
    inboundPorts: [[8080, 8080]],
    outboundRanges: ["10.1.0.0/16"],
    outboundPorts: [[443, 443]],
  });
  await ask("own", {
    "10.1.2.3 80": "outbound 10.1.2.3 80",
    "fd99::1 443": "outbound fd99::1 443",
    "10.77.0.2 8080": "inbound 10.77.0.2 8080",
    "10.77.0.2 8085": "application 8085",
  });
});

test("UDP is left alone, DNS's included", async (t) => {
  const { own } = await twoPods(t, {});
  const asking = `
    const { createSocket } = require("node:dgram");
    const socket = createSocket("udp4", (message, from) => {
      process.stdout.write(message + " " + from.address + " " + from.port + "\\n");
      process.exit();
    });
    socket.send("who", 53, "10.77.0.2");
    setTimeout(() => process.exit(1), 10_000);`;
  const { out } = await own.try(["node_modules/.bin/node", "-e", asking]);
  assert.equal(out, "datagram 10.77.0.2 53\n");
});

// Both with rules, and with somebody in the place of proxy and application.
async function twoPods(t: TestContext, capture: Partial<CaptureRules>) {
  const own = await NetworkNamespace.make(t);
  const peer = await NetworkNamespace.make(t);
  own.connect(peer, OWN, PEER);
  for (const pod of [own, peer]) {
    const made = await pod.try(POD_INIT, settings(capture));
    assert.equal(made.code, 0, made.out);
    await startPeer(t, pod);
  }
  const ask = async (who: "own" | "own proxy", answers: Readonly<Record<string, string>>) => {
    const before = who === "own" ? [] : AS_PROXY;
    const { out } = await own.try([...before, ...ASK, ...Object.keys(answers)]);
    const found = out.trimEnd().split("\n");
    const pairs = Object.keys(answers).map((target, i) => [target, found[i]]);
    assert.deepEqual(Object.fromEntries(pairs), answers);
  };
  return { own, ask };
}

async function startPeer(t: TestContext, pod: NetworkNamespace): Promise<void> {
  const ports = ["8080", "8085", "15008", "15021"];
  const command = ["node_modules/.bin/node", "test/support/interception-peer.ts", ...ports];
  const [file, ...args] = pod.enter(command);
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout!, "data");
}

function settings(capture: Partial<CaptureRules>) {
  const all = { ...DEFAULT_POD_SETTINGS, capture: { ...DEFAULT_POD_SETTINGS.capture, ...capture } };
  return { WEFT_SETTINGS: JSON.stringify(all) };
}

// Without counters, dates and the chains that each table has.
function rulesOf(pod: NetworkNamespace): string {
  const all =
    pod.run("iptables-nft-save", "-t", "nat") + pod.run("ip6tables-nft-save", "-t", "nat");
  return all
    .split("\n")
    .filter((line) => /^(-A|:WEFT)/.test(line))
    .join("\n");
}
