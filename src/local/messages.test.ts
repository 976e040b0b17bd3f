import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { bindControl } from "./control-listeners.ts";
import { documentsTrouble } from "./documents-trouble.ts";
import { openMesh } from "./open-mesh.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

test("a port in use is told with who has it, and what to do", async (t) => {
  const port = await listen(t);
  const result = bindControl(port - 12);
  assert.ok(result.kind === "failed");
  assert.match(result.sentence, new RegExp(`127.0.0.1:${port} for proxies`));
  assert.match(result.sentence, new RegExp(`pid ${process.pid} \\(.+\\) listens there`));
  assert.match(result.sentence, /--port-base 0/);
});

test("documents that are missing, empty or a file are told as such", (t) => {
  const folder = temporaryFolder(t);
  assert.match(documentsTrouble(join(folder, "none")) ?? "", /none: it does not exist/);
  assert.match(documentsTrouble(folder) ?? "", /it contains no document/);
  const file = join(folder, "a.yaml");
  writeFileSync(file, "");
  assert.match(documentsTrouble(file) ?? "", /it is a file/);
  assert.equal(documentsTrouble(folder), undefined);
});

test("a place where no state can be kept is told, with the way out", async (t) => {
  const folder = temporaryFolder(t);
  const documents = join(folder, "mesh");
  mkdirSync(documents);
  writeFileSync(join(documents, "a.yaml"), "");
  const options = { documents, parent: join(documents, "a.yaml"), portBase: 0, version: "1" };
  const result = await openMesh(options);
  assert.ok(result.kind === "refused");
  assert.match(result.sentence, /state in .*a\.yaml\/\.weft: a part of the path is not a folder/);
  assert.match(result.sentence, /--mesh DIR/);
});

function listen(t: TestContext): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    t.after(() => server.close());
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}
