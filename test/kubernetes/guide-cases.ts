// docs/guides/kubernetes.md, from its first command to its last.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { allObjects } from "./all-objects.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { guideBlocks, guideScript } from "./guide.ts";
import { importBookshopImage, importWeftImage } from "./images.ts";
import { isAsBefore } from "./install-cases.ts";

const PAGE = "docs/guides/kubernetes.md";
// The kinds, and the API server's own objects for their groups.
const OF_GATEWAY_API =
  /^(CustomResourceDefinition|APIService) \S+ \S+\.gateway\.networking\.(x-)?k8s\.io$/;

export const guideCases: readonly ClusterCase[] = [
  {
    name: "each command of the guide works, and the last leaves nothing of Weft behind",
    withinMs: 900_000,
    async run(cluster) {
      await importWeftImage(cluster);
      await importBookshopImage(cluster);
      const before = new Set(await allObjects(cluster));
      const output = await runGuide(cluster);
      assert.match(output, /^web +\d\/\d/m, "weft stat");
      assert.match(output, /Status check results are √/);
      assert.match(output, /This is Service bookshop\/reviews port 9080/, "weft explain");
      // The guide says that they stay.
      for (const object of await allObjects(cluster)) {
        if (OF_GATEWAY_API.test(object)) before.add(object);
      }
      await isAsBefore(cluster, before);
    },
  },
];

async function runGuide(cluster: Cluster): Promise<string> {
  const kubectl = cluster.kit.program("kubectl");
  const prelude = [
    `kubectl() { ${JSON.stringify(kubectl)} "$@"; }`,
    `weft() { ${JSON.stringify(process.execPath)} dist/main/weft.js "$@"; }`,
  ].join("\n");
  const script = guideScript(guideBlocks(readFileSync(PAGE, "utf8")), prelude);
  const child = cluster.spawn("bash", ["-c", script]);
  child.stdin!.end();
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [output, errors] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  const code = await ended;
  assert.equal(code, 0, `${errors}\n${output}`);
  return output;
}
