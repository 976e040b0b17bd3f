import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReferenceGrant } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";
import { isGranted } from "./is-granted.ts";

const GATEWAY = "gateway.networking.k8s.io";
const LEDGER = { namespace: "payments", name: "ledger" };
const GRANT: ReferenceGrant = {
  namespace: "payments",
  from: [{ group: GATEWAY, kind: "HTTPRoute", namespace: "shop" }],
  to: [{ group: "", kind: "Service", name: "ledger" }],
};

function route(kind: string, namespace: string, group = GATEWAY): Origin {
  return { ref: { group, kind, namespace, name: "r" }, position: undefined };
}

test("a grant is for that kind, in that namespace, and that service", () => {
  assert.equal(isGranted([GRANT], route("HTTPRoute", "shop"), LEDGER, ["shop"]), true);
  assert.equal(isGranted([GRANT], route("GRPCRoute", "shop"), LEDGER, ["shop"]), false);
  assert.equal(isGranted([GRANT], route("HTTPRoute", "other"), LEDGER, ["shop"]), false);
  const other = { ...LEDGER, name: "other" };
  assert.equal(isGranted([GRANT], route("HTTPRoute", "shop"), other, ["shop"]), false);
});

test("a grant counts only in its own namespace", () => {
  const elsewhere = { ...GRANT, namespace: "other" };
  assert.equal(isGranted([elsewhere], route("HTTPRoute", "shop"), LEDGER, ["shop"]), false);
});

test("a grant without a name is for every service, and one for secrets for none", () => {
  const all = { ...GRANT, to: [{ group: "", kind: "Service", name: undefined }] };
  assert.equal(isGranted([all], route("HTTPRoute", "shop"), LEDGER, ["shop"]), true);
  const secrets = { ...GRANT, to: [{ group: "", kind: "Secret", name: undefined }] };
  assert.equal(isGranted([secrets], route("HTTPRoute", "shop"), LEDGER, ["shop"]), false);
});

test("nobody needs a grant at home, and other dialects nowhere", () => {
  assert.equal(isGranted([], route("HTTPRoute", "payments"), LEDGER, ["shop"]), true);
  assert.equal(
    isGranted([], route("VirtualService", "shop", "networking.istio.io"), LEDGER, ["shop"]),
    true,
  );
});

test("a consumer route needs no grant for what lies beside its parent", () => {
  assert.equal(isGranted([], route("HTTPRoute", "shop"), LEDGER, ["payments"]), true);
  assert.equal(isGranted([], route("HTTPRoute", "shop"), LEDGER, ["shop", "other"]), false);
});
