import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessEntry } from "./access-entry.ts";
import { OutcomeRuns } from "./outcome-runs.ts";

test("each outcome has its own words, however many there are", () => {
  let encoded = 0;
  const runs = new OutcomeRuns(({ status, cause, grpcStatus, attempts }) => {
    encoded++;
    return [status, cause, grpcStatus, attempts].join();
  });
  const said = (outcome: Partial<AccessEntry>): string => {
    const plain = { status: 200, cause: "", grpcStatus: "", attempts: 1 };
    return Buffer.from(runs.of({ ...plain, ...outcome } as AccessEntry)).toString();
  };
  for (let round = 0; round < 3; round++) {
    assert.equal(said({}), "200,,,1");
    assert.equal(said({ attempts: 2 }), "200,,,2");
    assert.equal(said({ grpcStatus: "14" }), "200,,14,1");
    assert.equal(said({ status: 503, cause: "no-endpoint" }), "503,no-endpoint,,1");
  }
  assert.equal(encoded, 4, "once each");
  for (let status = 200; status < 600; status++) assert.equal(said({ status }), `${status},,,1`);
  assert.equal(said({}), "200,,,1");
});
