import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { discover } from "#control/discovery/discover.ts";
import { plainDocument } from "#ir/plain-document.ts";
import { MeshState } from "./mesh-state.ts";

test("documents that are only tried out change nothing of the names that are resolved", () => {
  const retained: (readonly string[])[] = [];
  const names = {
    addressesOf: () => undefined,
    retain: (hosts: readonly string[]) => void retained.push(hosts),
  };
  const inForce = discovered("api.example");
  const inputs = { discovery: () => inForce, registrations: () => [], joined: () => [], names };
  const revisions = { next: () => 1, exceed() {} };
  const state = new MeshState(inputs, revisions, new FakeClock(), () => {});
  state.tryOut(discovered("other.example"));
  assert.deepEqual(retained, [["api.example"]]);
});

function discovered(host: string) {
  const documents = [
    plainDocument({
      ...{ apiVersion: "networking.istio.io/v1", kind: "ServiceEntry" },
      metadata: { name: "outside", namespace: "shop" },
      spec: {
        ...{ hosts: [host], resolution: "DNS", location: "MESH_EXTERNAL" },
        ports: [{ number: 80, name: "http", protocol: "HTTP" }],
      },
    }),
  ];
  return discover({ documents, diagnostics: [] });
}
