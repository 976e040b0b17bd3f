import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "#compile/compile.ts";
import { sampleModel, sampleService } from "#compile/sample-model.ts";
import { MessageReader } from "#snapshot/message-frames.ts";
import type { Update } from "#snapshot/messages.ts";
import { encodeDown } from "./encode-down.ts";

test("an update is read as it was written, also again, with plans and without", () => {
  const { snapshot } = compile(sampleModel({ services: [sampleService("a")] }), [], 7);
  const update: Update = {
    ...{ type: "update", revision: 7, keys: [["a:9080", "outbound/bookshop/a/9080"]] },
    ...{ plans: [...snapshot.outbound.values()], removed: ["x"], inbound: undefined },
  };
  for (const message of [update, update, { ...update, plans: [] }]) {
    const read = new MessageReader().read(encodeDown(message));
    assert.ok(read.kind === "messages");
    assert.deepEqual(read.messages, [JSON.parse(JSON.stringify(message))]);
  }
});
