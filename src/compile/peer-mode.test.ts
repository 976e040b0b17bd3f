import assert from "node:assert/strict";
import { test } from "node:test";
import type { Workload } from "#ir/model.ts";
import type { PeerMode, PeerRule } from "#ir/peer-rule.ts";
import { buildCatalog } from "./catalog.ts";
import { peerModeOf } from "./peer-mode.ts";
import { sampleModel } from "./sample-model.ts";

const MESH = { trustDomain: "mesh.local", certificateLifeMs: 1 };
const CART = workload({ app: "cart", tier: "front" });

type Said = Partial<PeerRule> & { readonly name?: string };

test("without any document pods take both, and all others mutual TLS only", () => {
  assert.deepEqual(found([], true), ["permissive", ""]);
  assert.deepEqual(found([], false), ["strict", ""]);
});

test("the port's mode comes before the workload's, the namespace's and the mesh's", () => {
  const mesh: Said = { name: "mesh", namespace: "istio-system", mode: "strict" };
  const namespace: Said = { name: "namespace", mode: "permissive" };
  const own: Said = { name: "own", selector: select("cart"), mode: "disable" };
  const ports: Said = { ...own, name: "ports", ports: new Map([[80, "strict"]]) };
  assert.deepEqual(found([mesh]), ["strict", "mesh"]);
  assert.deepEqual(found([mesh, namespace]), ["permissive", "namespace"]);
  assert.deepEqual(found([mesh, namespace, own]), ["disable", "own"]);
  assert.deepEqual(found([mesh, namespace, ports], true, 80), ["strict", "ports"]);
  assert.deepEqual(found([mesh, namespace, ports], true, 81), ["disable", "ports"]);
});

test("what is unset is as the next wider rule has it", () => {
  const namespace: Said = { name: "namespace", mode: "strict" };
  const unset: Said = { name: "own", selector: select("cart"), ports: new Map([[80, undefined]]) };
  assert.deepEqual(found([namespace, unset], true, 80), ["strict", "namespace"]);
  assert.deepEqual(found([unset], true, 80), ["permissive", ""]);
});

test("of several of one reach the oldest counts, and where none is older the first by name", () => {
  const [older, newer]: readonly [Said, Said] = [
    { name: "z", createdAtMs: 1, mode: "strict" },
    { name: "a", createdAtMs: 2, mode: "disable" },
  ];
  assert.deepEqual(found([newer, older]), ["strict", "z"]);
  const same = { ...older, createdAtMs: 2 };
  assert.deepEqual(found([same, newer]), ["disable", "a"]);
});

test("a rule selects by all of its labels, in its own namespace, and nothing in the root's", () => {
  const all = new Map([
    ["app", "cart"],
    ["tier", "back"],
  ]);
  assert.deepEqual(found([{ selector: all, mode: "strict" }]), ["permissive", ""]);
  const elsewhere = { namespace: "lab", mode: "strict" } as const;
  assert.deepEqual(found([elsewhere]), ["permissive", ""]);
  const root = { namespace: "istio-system", selector: select("cart"), mode: "strict" } as const;
  assert.deepEqual(found([root]), ["permissive", ""]);
});

function found(said: readonly Said[], onKubernetes = true, port?: number): [PeerMode, string] {
  const rules = said.map(ruleOf);
  const mesh = { ...MESH, ...(onKubernetes && { onKubernetes: true as const }) };
  const { peerRulesIn } = buildCatalog(sampleModel({ mesh, peerRules: rules }), []);
  const { mode, rule } = peerModeOf({ mesh, peerRulesIn }, CART, port);
  return [mode, rule?.origin.ref.name ?? ""];
}

function ruleOf({ name = "rule", namespace = "shop", ...said }: Said): PeerRule {
  const ref = { group: "security.istio.io", kind: "PeerAuthentication", namespace, name };
  const origin = { ref, position: undefined };
  return { origin, namespace, createdAtMs: 0, selector: new Map(), ports: new Map(), ...said };
}

function select(app: string): ReadonlyMap<string, string> {
  return new Map([["app", app]]);
}

function workload(labels: Readonly<Record<string, string>>): Workload {
  const ref = { group: "weft.dev", kind: "Workload", namespace: "shop", name: "cart" };
  return {
    ...{ namespace: "shop", name: "cart", serviceAccount: "cart", ports: [], dependencies: [] },
    ...{ origin: { ref, position: undefined }, labels: new Map(Object.entries(labels)) },
    ...{ command: [], workingFolder: undefined, environment: new Map() },
    readiness: { kind: "none" },
  };
}
