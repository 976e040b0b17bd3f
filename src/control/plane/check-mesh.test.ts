import assert from "node:assert/strict";
import { test } from "node:test";
import { checkMesh, type MeshHealth } from "./check-mesh.ts";

const NAME = "pods take mutual TLS only";
const HEALTHY: MeshHealth = {
  ...{ wallMs: 0, revision: 1, rootNotAfterMs: 1e15, certificateLifeMs: 1e6 },
  ...{
    workloads: [],
    diagnostics: [],
    historyTrouble: undefined,
    tracesTrouble: undefined,
    spansDropped: 0,
    takingPlaintext: undefined,
    logs: "",
  },
};

test("who takes plaintext is named once, whichever of its pods do, and what closes it", () => {
  const web = {
    ...{ namespace: "shop", name: "web" },
    serviceAccount: "web",
    app: "",
    version: "",
  };
  const found = checkOf([web, web, { ...web, name: "cart" }]);
  assert.equal(found?.state, "warning");
  assert.equal(found.detail, "plaintext, too: shop/web, shop/cart");
  assert.match(found.hint ?? "", /PeerAuthentication with mode STRICT/);
});

test("where all is closed it passes, and where nothing could come it isn't asked", () => {
  assert.equal(checkOf([])?.state, "pass");
  assert.equal(checkOf(undefined), undefined);
});

function checkOf(takingPlaintext: MeshHealth["takingPlaintext"]) {
  const { categories } = checkMesh({ ...HEALTHY, takingPlaintext });
  return categories.flatMap(({ checks }) => checks).find(({ name }) => name === NAME);
}
