// Blocks by level and time, in one SQLite database: a file, or memory.
//
// A level's slot is filled by seconds as they come; when it is over, the level above is made of it.
// So a restart loses nothing but the second under way. Everything throws as SQLite does: what then
// is the business of HistoryBook.

import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { decodeBlock, encodeBlock, type HistoryBlock } from "./history-block.ts";
import { HISTORY_LEVELS, slotOf } from "./history-levels.ts";
import { mergeBlocks } from "./merge-blocks.ts";
import { NameTable } from "./name-table.ts";

export type StoredBlock = { readonly startMs: number; readonly endMs: number } & HistoryBlock;

const VERSION = 1;

const SCHEMA = `
  CREATE TABLE blocks (level INTEGER, start INTEGER, data BLOB NOT NULL, PRIMARY KEY (level, start))
    WITHOUT ROWID;
  CREATE TABLE names (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, used INTEGER NOT NULL);
  PRAGMA user_version = ${VERSION};
`;

export class HistoryStore {
  readonly names: NameTable;
  readonly #database: DatabaseSync;
  readonly #bytesMax: number;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #list: StatementSync;
  // By level: bytes that its blocks have, and up to when it is made of the level below.
  readonly #bytes: number[];
  readonly #madeUntilMs: number[];

  // `path` may be ":memory:".
  constructor(path: string, bytesMax: number) {
    this.#database = openDatabase(path);
    this.#bytesMax = bytesMax;
    this.names = new NameTable(this.#database);
    this.#get = this.#database.prepare("SELECT data FROM blocks WHERE level = ? AND start = ?");
    this.#put = this.#database.prepare("INSERT OR REPLACE INTO blocks VALUES (?, ?, ?)");
    this.#list = this.#database.prepare(
      "SELECT start, data FROM blocks WHERE level = ? AND start >= ? AND start < ? ORDER BY start",
    );
    const sums = this.#database.prepare(
      "SELECT sum(length(data)) AS bytes, max(start) AS latest FROM blocks WHERE level = ?",
    );
    const found = HISTORY_LEVELS.map((_, level) => sums.get(level)!);
    this.#bytes = found.map(({ bytes }) => Number(bytes ?? 0));
    this.#madeUntilMs = found.map(({ latest }, level) =>
      latest === null ? 0 : Number(latest) + HISTORY_LEVELS[level]!.slotMs,
    );
  }

  // One second, of names as this store has them. It may come late, or twice: then it is added.
  add(startMs: number, block: HistoryBlock): void {
    this.#transaction(() => {
      this.#makeUpTo(startMs);
      this.#merge(0, slotOf(startMs, HISTORY_LEVELS[0].slotMs), block);
      for (let level = 1; level < HISTORY_LEVELS.length; level++) {
        const slot = slotOf(startMs, HISTORY_LEVELS[level]!.slotMs);
        if (slot < this.#madeUntilMs[level]!) this.#merge(level, slot, block);
      }
      this.#trim(startMs);
    });
  }

  // As it was kept elsewhere, in place of what is here.
  restore(level: number, startMs: number, block: HistoryBlock): void {
    this.#replace(level, startMs, block, this.#get.get(level, startMs)?.["data"]);
    const endMs = startMs + HISTORY_LEVELS[level]!.slotMs;
    this.#madeUntilMs[level] = Math.max(this.#madeUntilMs[level]!, endMs);
  }

  // Of a level, and of the finer ones where that isn't made yet; in the order of time.
  *read(level: number, fromMs: number, toMs: number): Generator<StoredBlock> {
    let startMs = fromMs;
    for (let of = level; of >= 0; of--) {
      const endMs = of === 0 ? toMs : Math.min(toMs, this.#madeUntilMs[of]!);
      if (endMs <= startMs) continue;
      yield* this.blocks(of, startMs, endMs);
      startMs = endMs;
    }
  }

  *blocks(level: number, fromMs: number, toMs: number): Generator<StoredBlock> {
    const { slotMs } = HISTORY_LEVELS[level]!;
    for (const row of this.#list.iterate(level, slotOf(fromMs, slotMs), toMs)) {
      const startMs = Number(row["start"]);
      const block = decodeBlock(row["data"] as Uint8Array);
      yield { startMs, endMs: startMs + slotMs, ...block };
    }
  }

  // A level's blocks as they are kept, the newest first.
  *newest(level: number): Generator<{ readonly startMs: number; readonly data: Uint8Array }> {
    const statement = this.#database.prepare(
      "SELECT start, data FROM blocks WHERE level = ? ORDER BY start DESC",
    );
    for (const row of statement.iterate(level)) {
      yield { startMs: Number(row["start"]), data: row["data"] as Uint8Array };
    }
  }

  // Of the oldest block; undefined where there is none.
  get sinceMs(): number | undefined {
    const row = this.#database.prepare("SELECT min(start) AS first FROM blocks").get();
    return row?.["first"] === null ? undefined : Number(row?.["first"]);
  }

  // What its blocks have; a file is somewhat larger.
  get bytes(): number {
    return this.#bytes.reduce((sum, bytes) => sum + bytes, 0);
  }

  // How much the file may grow, beyond what it has: to try what a full disk does.
  allowPages(spare: number): void {
    const { page_count: pages } = this.#database.prepare("PRAGMA page_count").get()!;
    this.#database.exec(`PRAGMA max_page_count = ${Number(pages) + spare}`);
  }

  transaction(run: () => void): void {
    this.#transaction(run);
  }

  close(): void {
    this.#database.close();
  }

  #transaction(run: () => void): void {
    this.#database.exec("BEGIN");
    try {
      run();
      this.#database.exec("COMMIT");
    } catch (error) {
      // A full disk has rolled it back already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  // Makes the slots that are over.
  #makeUpTo(nowMs: number): void {
    for (let level = 1; level < HISTORY_LEVELS.length; level++) {
      const { slotMs } = HISTORY_LEVELS[level]!;
      const untilMs = slotOf(nowMs, slotMs);
      const madeMs = this.#madeUntilMs[level]!;
      if (untilMs <= madeMs) continue;
      const finer = [...this.blocks(level - 1, madeMs, untilMs)];
      const slots = Map.groupBy(finer, ({ startMs }) => slotOf(startMs, slotMs));
      for (const [startMs, blocks] of slots) this.#merge(level, startMs, mergeBlocks(blocks));
      this.#madeUntilMs[level] = untilMs;
    }
  }

  #merge(level: number, startMs: number, block: HistoryBlock): void {
    const before = this.#get.get(level, startMs)?.["data"] as Uint8Array | undefined;
    const merged = before ? mergeBlocks([decodeBlock(before), block]) : block;
    this.#replace(level, startMs, merged, before);
  }

  #replace(level: number, startMs: number, block: HistoryBlock, before: unknown): void {
    const data = encodeBlock(block);
    this.#put.run(level, startMs, data);
    this.#bytes[level]! += data.length - (before instanceof Uint8Array ? before.length : 0);
    if (level > 0) this.names.used(block, startMs);
  }

  // What is too old goes, and of what is too much the oldest, a tenth at a time.
  #trim(nowMs: number): void {
    HISTORY_LEVELS.forEach(({ keptMs, slotMs, share }, level) => {
      // Every now and then: an index is walked for it.
      if (slotOf(nowMs, 10 * slotMs) !== slotOf(nowMs, slotMs)) return;
      this.#dropBefore(level, nowMs - keptMs);
      while (this.#bytes[level]! > this.#bytesMax * share) {
        const row = this.#database
          .prepare("SELECT min(start) AS first, max(start) AS last FROM blocks WHERE level = ?")
          .get(level)!;
        const [first, last] = [Number(row["first"]), Number(row["last"])];
        this.#dropBefore(level, first + Math.max(slotMs, Math.ceil((last - first) / 10)));
        if (first >= last) break;
      }
    });
    if (slotOf(nowMs, 600_000) === slotOf(nowMs, 1_000)) {
      this.names.forget(nowMs - HISTORY_LEVELS.at(-1)!.keptMs);
    }
  }

  #dropBefore(level: number, beforeMs: number): void {
    const gone = this.#database
      .prepare("SELECT sum(length(data)) AS bytes FROM blocks WHERE level = ? AND start < ?")
      .get(level, beforeMs)!;
    if (gone["bytes"] === null) return;
    this.#database.prepare("DELETE FROM blocks WHERE level = ? AND start < ?").run(level, beforeMs);
    this.#bytes[level]! -= Number(gone["bytes"]);
  }
}

function openDatabase(path: string): DatabaseSync {
  // For its owner only, as SQLite would not have it.
  if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path);
  try {
    // One process has it; a crash may cost the last seconds, never the file.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 4194304;
    `);
    const { user_version: version } = database.prepare("PRAGMA user_version").get()!;
    if (version === 0) database.exec(SCHEMA);
    else if (version !== VERSION) throw new Error(`it is of another version of Weft (${version})`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
