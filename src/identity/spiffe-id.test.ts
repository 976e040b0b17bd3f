import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSpiffeId, parseSpiffeId } from "./spiffe-id.ts";

const CART = "spiffe://mesh.local/ns/shop/sa/cart";

test("an identity names a trust domain, a namespace and a service account", () => {
  assert.deepEqual(parseSpiffeId(CART), {
    trustDomain: "mesh.local",
    namespace: "shop",
    serviceAccount: "cart",
  });
});

test("an identity is written as it was read", () => {
  for (const text of [CART, "spiffe://a_b-c.d/ns/0/sa/a.b-c.d", `${CART}${"x".repeat(59)}`]) {
    const id = parseSpiffeId(text);
    assert.ok(id, text);
    assert.equal(formatSpiffeId(id), text);
  }
});

test("whatever isn't spelled exactly so is nobody", () => {
  const refused = [
    "",
    "spiffe://",
    "spiffe://mesh.local",
    "spiffe:///ns/shop/sa/cart",
    "SPIFFE://mesh.local/ns/shop/sa/cart",
    "https://mesh.local/ns/shop/sa/cart",
    "spiffe://Mesh.local/ns/shop/sa/cart",
    "spiffe://mesh.local:443/ns/shop/sa/cart",
    "spiffe://user@mesh.local/ns/shop/sa/cart",
    "spiffe://mesh.local/ns/shop/sa/",
    "spiffe://mesh.local/ns//sa/cart",
    "spiffe://mesh.local/ns/shop/sa/Cart",
    "spiffe://mesh.local/ns/shop/sa/cart/",
    "spiffe://mesh.local//ns/shop/sa/cart",
    "spiffe://mesh.local/ns/shop/sa/cart/x",
    "spiffe://mesh.local/sa/cart/ns/shop",
    "spiffe://mesh.local/ns/../sa/cart",
    "spiffe://mesh.local/ns/shop/sa/ca%72t",
    "spiffe://mesh.local/ns/shop/sa/cart?x=1",
    "spiffe://mesh.local/ns/shop/sa/cart#x",
    "spiffe://mesh.local/ns/shop/sa/cart\u0000",
    "spiffe://mesh.local/ns/shop/sa/cart\n",
    "spiffe://mesh.local/ns/shop/sa/*",
    "spiffe://mesh.local/ns/-shop/sa/cart",
    "spiffe://mesh.local/ns/sh.op/sa/cart",
    "spiffe://mesh.local/ns/shop/sa/.cart",
    "spiffe://mesh.local/ns/shop/sa/cart-",
    `spiffe://mesh.local/ns/${"n".repeat(64)}/sa/cart`,
    `spiffe://mesh.local/ns/shop/sa/${"a.".repeat(127)}`,
    `spiffe://${"t".repeat(256)}/ns/shop/sa/cart`,
    ` ${CART}`,
    `${CART}, URI:${CART}`,
  ];
  for (const text of refused) assert.equal(parseSpiffeId(text), undefined, JSON.stringify(text));
});

test("an identity that could not be read back is never written", () => {
  const id = { trustDomain: "mesh.local", namespace: "shop/sa/x", serviceAccount: "cart" };
  assert.throws(() => formatSpiffeId(id), /is no identity/);
});
