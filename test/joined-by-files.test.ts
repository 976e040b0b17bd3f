// A proxy without a supervisor: token and roots lie in files that others change.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoWorkload } from "./support/echo-documents.ts";
import { listenOn } from "./support/listen-on.ts";
import { type SmallMesh, smallMesh } from "./support/small-mesh.ts";

const KEY = "shop/alone";

test("a mesh that is installed anew, with another root, gets its proxies back", async (t) => {
  const first = await meshOf(t);
  const control = { mesh: first };
  const address = await relayTo(t, control);
  const secrets = { token: join(first.folder, "token"), trust: join(first.folder, "roots.pem") };
  writeSecrets(first, secrets);
  await first.proxy("alone", {
    settings: { control: address, trust: [], token: undefined, joinFiles: secrets },
  });
  assert.ok(first.control.registry.isConnected(KEY));
  const second = await meshOf(t);
  writeSecrets(second, secrets);
  control.mesh = second;
  first.control.close();
  const isBack = () => second.control.registry.isConnected(KEY);
  await eventually("it is connected to the second one", isBack, 15_000);
});

async function meshOf(t: TestContext): Promise<SmallMesh> {
  const account = documentOf("v1", "ServiceAccount", {
    metadata: { name: "x", namespace: "shop" },
  });
  const mesh = await smallMesh({ "mesh.yaml": echoWorkload({ name: "alone" }) + account });
  t.after(() => mesh.close());
  return mesh;
}

function writeSecrets({ control }: SmallMesh, files: { token: string; trust: string }): void {
  const workload = { namespace: "shop", workload: "alone", serviceAccount: "alone" };
  const issue = control.tokens.issue(workload);
  assert.equal(issue.kind, "issued");
  writeFileSync(files.token, issue.kind === "issued" ? issue.token : "");
  writeFileSync(files.trust, control.authority.trust.join(""));
}

// An address that leads to whichever of the two is there, as a Service's does.
async function relayTo(t: TestContext, control: { mesh: SmallMesh }) {
  const relay = createServer((from) => {
    const { address, port } = control.mesh.control.settings.proxies;
    const to = connect(port, address);
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.on("error", () => {});
      one.on("close", () => other.destroy());
      one.pipe(other);
    }
  });
  t.after(() => relay.close());
  return { address: "127.0.0.1", port: await listenOn(relay) };
}
