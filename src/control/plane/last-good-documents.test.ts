import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "#base/log.ts";
import type { DocumentSet } from "#control/sources/document-set.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { LastGoodDocuments } from "./last-good-documents.ts";

test("a file with an error keeps the text that it had before, across restarts", () => {
  const disk = memoryDisk();
  const first = open(disk);
  first.note(setOf({ "a.yaml": "good", "b.yaml": "fine" }), []);
  open(disk).load();
  const second = open(disk);
  second.load();
  second.note(setOf({ "a.yaml": "broken", "b.yaml": "finer" }), [errorIn("a.yaml")]);
  assert.deepEqual(
    [...open(disk).load()],
    [
      ["a.yaml", "good"],
      ["b.yaml", "finer"],
    ],
  );
});

test("a file that is gone is forgotten, and one that never was good is not kept", () => {
  const disk = memoryDisk();
  const kept = open(disk);
  kept.note(setOf({ "a.yaml": "good" }), []);
  kept.note(setOf({ "b.yaml": "never good" }), [errorIn("b.yaml")]);
  assert.equal(open(disk).load().size, 0);
});

test("a damaged file costs the memory, not the start", () => {
  const disk = memoryDisk();
  disk.write("last-good", '[["a"', 0o600);
  assert.equal(open(disk).load().size, 0);
});

function open(files: ReturnType<typeof memoryDisk>): LastGoodDocuments {
  return new LastGoodDocuments({ files, path: "last-good", log: silentLog });
}

function setOf(texts: Readonly<Record<string, string>>): DocumentSet {
  const map = new Map(Object.entries(texts));
  return { documents: [], diagnostics: [], fileCount: map.size, texts: map };
}

function errorIn(file: string): Diagnostic {
  const position = { file, line: 1, column: 1 };
  const rest = { message: "", remedy: undefined, ref: undefined, field: undefined, position };
  return { severity: "error", code: "WEFT101", ...rest };
}

function memoryDisk() {
  const texts = new Map<string, string>();
  return {
    read: (path: string) => texts.get(path),
    write: (path: string, text: string, _mode: number) => void texts.set(path, text),
  };
}
