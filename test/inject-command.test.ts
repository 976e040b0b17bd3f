// `weft inject` and `weft uninject`, from files to what they print. The goldens are in
// src/cli/golden/inject; write them with node --test --test-update-snapshots this file.

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { parseAllDocuments } from "yaml";
import { systemFiles } from "#base/file-system.ts";
import { runWeft } from "#main/run-weft.ts";

const cases = globSync("src/cli/golden/inject/*.in.yaml").sort();
const asIs = { serializers: [String] };

for (const path of cases) {
  const stem = path.slice(0, -".in.yaml".length);

  test(`${basename(stem)} is injected as its golden says`, async (t) => {
    const { out, error, code } = await run(["inject", path]);
    assert.equal(code, 0);
    t.assert.fileSnapshot(out, resolve(`${stem}.out.yaml`), asIs);
    t.assert.fileSnapshot(error, resolve(`${stem}.report.txt`), asIs);
  });

  test(`${basename(stem)} is marked as its golden says`, async (t) => {
    const { out } = await run(["inject", "--no-manual", path]);
    t.assert.fileSnapshot(out, resolve(`${stem}.marked.yaml`), asIs);
  });

  test(`${basename(stem)} is what it was after uninject, and inject twice is inject once`, async () => {
    const before = objectsOf(readFileSync(path, "utf8"));
    for (const flags of [[], ["--no-manual"]]) {
      const injected = await run(["inject", ...flags, path]);
      const again = await run(["inject", ...flags, "-"], injected.out);
      assert.equal(again.out, injected.out);
      const { out } = await run(["uninject", "-"], injected.out);
      assert.deepEqual(withoutEmpty(objectsOf(out)), withoutEmpty(before));
    }
  });
}

test("what has nothing to inject comes out byte for byte", async () => {
  const texts = [
    "",
    "# only a comment\n",
    "---\n---\na:   1 # spaced\n...\n",
    "kind: Service\r\nmetadata: { name: web }\r\n",
    "kind: Deployment\nmetadata: {name: odd}\nspec: 7",
    '{"kind": "Pod", "spec": null}',
  ];
  for (const text of texts) {
    assert.equal((await run(["inject", "-"], text)).out, text);
    assert.equal((await run(["uninject", "-"], text)).out, text);
  }
});

test("JSON stays JSON", async () => {
  const pod = { kind: "Pod", metadata: { name: "a" }, spec: { containers: [{ name: "a" }] } };
  const { out } = await run(["inject", "-"], JSON.stringify(pod));
  const injected = JSON.parse(out);
  assert.equal(injected.spec.initContainers.length, 2);
  assert.deepEqual(JSON.parse((await run(["uninject", "-"], out)).out).spec, pod.spec);
});

test("flags reach the proxy's container", async () => {
  const pod = "kind: Pod\nspec:\n  containers:\n    - name: a\n";
  const flags = ["--image", "own/weft:2", "--trust-domain", "shop.example", "--control", "c:1"];
  const { out } = await run(["inject", ...flags, "-"], pod);
  for (const part of ["image: own/weft:2", "value: shop.example", "value: c:1"]) {
    assert.ok(out.includes(part), part);
  }
});

test("what can't be read is told with its line, and nothing is printed", async () => {
  const broken = await run(["inject", "-"], "kind: Pod\nspec:\n  a: [1\n");
  assert.deepEqual([broken.code, broken.out], [1, ""]);
  assert.match(broken.error, /Cannot read the standard input: line \d: /);
  const missing = await run(["inject", "no-such-file.yaml"]);
  assert.deepEqual([missing.code, missing.out], [2, ""]);
  assert.match(missing.error, /Cannot read no-such-file\.yaml: there is no such file/);
});

test("whatever stands in a manifest's fields, the rest of it is injected or left alone", async () => {
  const objects = cases.flatMap((path) => objectsOf(readFileSync(path, "utf8")));
  const json = fc.oneof(
    fc.constant(null),
    fc.string(),
    fc.integer(),
    fc.constant([]),
    fc.constant({}),
  );
  const property = fc.asyncProperty(fc.nat(), json, async (at, value) => {
    const places = { left: at % 150 };
    const odd = objects.map((object) => withOdd(object, value, places));
    const text = odd.map((object) => JSON.stringify(object)).join("\n---\n");
    const { out, code } = await run(["inject", "-"], text);
    assert.equal(code, 0);
    assert.equal(objectsOf(out).length, odd.length);
    await run(["uninject", "-"], out);
  });
  await fc.assert(property, { numRuns: 40 });
});

// With `odd` at one place, counted from the start.
function withOdd(value: unknown, odd: unknown, places: { left: number }): unknown {
  if (places.left-- === 0) return odd;
  if (Array.isArray(value)) return value.map((item) => withOdd(item, odd, places));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, withOdd(each, odd, places)]);
  return Object.fromEntries(entries);
}

async function run(args: readonly string[], input = "") {
  const result = { out: "", error: "", code: -1 };
  await runWeft(args, {
    files: systemFiles,
    input: async () => input,
    workingFolder: process.cwd(),
    environment: {},
    isTerminal: false,
    version: "0.1.0",
    out: (text) => {
      result.out += text;
    },
    error: (text) => {
      result.error += text;
    },
    exit: (code) => {
      result.code = code;
    },
  });
  return result;
}

function objectsOf(text: string): unknown[] {
  return parseAllDocuments(text).map((yaml) => yaml.toJS());
}

// `labels:` without any is as good as none.
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, each]) => [name, withoutEmpty(each)] as const);
  return Object.fromEntries(
    entries.filter(([, each]) => each !== null && JSON.stringify(each) !== "{}"),
  );
}
