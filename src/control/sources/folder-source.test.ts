import assert from "node:assert/strict";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import { silentLog } from "#base/log.ts";
import type { DocumentSet } from "./document-set.ts";
import { FolderSource, type FolderSourceOptions } from "./folder-source.ts";

const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n`;

test("the folder is read below itself, in order, without what is hidden", (t) => {
  const { folder, put, begin } = makeFolder(t);
  put("b.yaml", service("b"));
  put("a/z.yml", service("z"));
  put("a.json", '{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"}}');
  put("readme.md", service("no"));
  put(".weft/x.yaml", service("no"));
  put("node_modules/x/y.yaml", service("no"));
  symlinkSync(folder, join(folder, "loop"));
  const { set } = begin();
  const files = set.documents.map(({ origin }) => origin.position?.file);
  assert.deepEqual(files.slice(0, 3), ["a/z.yml", "a.json", "b.yaml"]);
  assert.ok(files.length <= 3 * (LIMITS.documentFolderDepthMax + 1));
});

test("saved, replaced, new and deleted files each become one new set", async (t) => {
  const { folder, put, begin } = makeFolder(t);
  put("a.yaml", service("a"));
  const { set, next } = begin();
  assert.deepEqual(names(set), ["a"]);

  put("a.yaml", service("a2"));
  assert.deepEqual(names(await next()), ["a2"]);

  put(".a.yaml.swp", service("a3"));
  renameSync(join(folder, ".a.yaml.swp"), join(folder, "a.yaml"));
  assert.deepEqual(names(await next()), ["a3"]);
  put("a.yaml", service("a4"));
  assert.deepEqual(names(await next()), ["a4"]);

  put("deep/er/b.yaml", service("b"));
  assert.deepEqual(names(await next()), ["a4", "b"]);
  put("deep/er/b.yaml", service("b2"));
  assert.deepEqual(names(await next()), ["a4", "b2"]);

  rmSync(join(folder, "deep"), { recursive: true });
  assert.deepEqual(names(await next()), ["a4"]);
});

test("a broken file keeps its last good objects, and says so", async (t) => {
  const { put, begin } = makeFolder(t);
  put("a.yaml", `${service("a")}---\n${service("b")}`);
  put("c.yaml", service("c"));
  const { next } = begin();
  put("a.yaml", `${service("a")}---\nkind: [\n`);
  const broken = await next();
  assert.deepEqual(names(broken), ["a", "b", "c"]);
  assert.equal(broken.diagnostics.length, 1);
  assert.equal(broken.diagnostics[0]!.code, "WEFT101");
  assert.match(broken.diagnostics[0]!.message, /last good state of a.yaml goes on \(2 objects\)$/);

  put("c.yaml", service("c2"));
  assert.deepEqual(names(await next()), ["a", "b", "c2"]);

  put("a.yaml", service("a"));
  const repaired = await next();
  assert.deepEqual([names(repaired), repaired.diagnostics], [["a", "c2"], []]);
});

test("a file that is broken from the start gives what can be read of it", (t) => {
  const { put, begin } = makeFolder(t);
  put("a.yaml", `kind: [\n---\n${service("b")}`);
  const { set } = begin();
  assert.deepEqual(names(set), ["b"]);
  assert.equal(set.diagnostics[0]?.code, "WEFT101");
});

test("a file that has grown out of bounds is refused unread", (t) => {
  const { folder, put, begin } = makeFolder(t);
  put("a.yaml", service("a"));
  truncateSync(join(folder, "a.yaml"), LIMITS.documentBytesMax + 1);
  const { set } = begin();
  assert.deepEqual(
    set.diagnostics.map(({ code }) => code),
    ["WEFT301"],
  );
});

test("the steps of one save are one change, and endless saves are not waited out", (t) => {
  const clock = new FakeClock();
  const watched = new Map<string, (name: string | undefined) => void>();
  const { folder, put, begin } = makeFolder(t, {
    clock,
    watch: (path, changed) => {
      watched.set(path, changed);
      return { close: () => void watched.delete(path) };
    },
  });
  put("a.yaml", service("a"));
  const { sets, source } = begin();
  const save = (text: string) => {
    put("a.yaml", text);
    watched.get(folder)!("a.yaml");
  };
  save("");
  clock.advance(LIMITS.documentQuietMs - 1);
  save(service("b"));
  clock.advance(LIMITS.documentQuietMs - 1);
  assert.equal(sets.length, 0);
  clock.advance(1);
  assert.deepEqual(sets.map(names), [["b"]]);

  for (let i = 0; i < 60; i++) {
    save(service(`c${i}`));
    clock.advance(10);
  }
  assert.equal(sets.length, 2);

  const before = clock.timersPending;
  watched.get(folder)!("shop.db-journal");
  watched.get(folder)!(".a.yaml.swp");
  assert.equal(clock.timersPending, before);
  source.stop();
  assert.deepEqual([clock.timersPending, watched.size], [0, 0]);
});

test("touching a file without changing it changes nothing", (t) => {
  const clock = new FakeClock();
  let notice: (name: string | undefined) => void = () => {};
  const { put, begin } = makeFolder(t, {
    clock,
    watch: (_, changed) => {
      notice = changed;
      return { close() {} };
    },
  });
  put("a.yaml", service("a"));
  const { sets } = begin();
  put("a.yaml", service("a"));
  notice("a.yaml");
  clock.advance(LIMITS.documentWaitMs);
  assert.equal(sets.length, 0);
});

test("where watching fails the folder is looked at every second", (t) => {
  const clock = new FakeClock();
  const { put, begin } = makeFolder(t, {
    clock,
    watch: () => {
      throw new Error("ENOSPC: no more watches");
    },
  });
  put("a.yaml", service("a"));
  const { sets } = begin();
  put("b.yaml", service("b"));
  clock.advance(LIMITS.documentPollMs + LIMITS.documentQuietMs);
  put("b.yaml", service("a-longer-name"));
  clock.advance(LIMITS.documentPollMs + LIMITS.documentQuietMs);
  clock.advance(10 * LIMITS.documentPollMs);
  assert.deepEqual(sets.map(names), [
    ["a", "b"],
    ["a", "a-longer-name"],
  ]);
});

function names(set: DocumentSet): string[] {
  return set.documents.map(({ name }) => name);
}

function makeFolder(t: TestContext, options: Partial<FolderSourceOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "weft-documents-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const put = (path: string, text: string) => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const begin = () => {
    const sets: DocumentSet[] = [];
    const arrived = new EventTarget();
    const all = { folder, files: systemFiles, clock: systemClock, log: silentLog, ...options };
    const source = new FolderSource(all, (set) => {
      sets.push(set);
      arrived.dispatchEvent(new Event("set"));
    });
    t.after(() => source.stop());
    const set = source.start();
    const next = async () => {
      if (sets.length === 0) await once(arrived, "set", { signal: AbortSignal.timeout(5000) });
      return sets.shift()!;
    };
    return { source, set, sets, next };
  };
  return { folder, put, begin };
}
