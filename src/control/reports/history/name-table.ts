// Whom blocks speak of: texts by number, each kept once.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { HistoryBlock } from "./history-block.ts";

export class NameTable {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #text: StatementSync;
  readonly #use: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare("SELECT id FROM names WHERE text = ?");
    this.#insert = database.prepare("INSERT INTO names (text, used) VALUES (?, ?)");
    this.#text = database.prepare("SELECT text FROM names WHERE id = ?");
    this.#use = database.prepare("UPDATE names SET used = ? WHERE id = ? AND used < ?");
    this.#forget = database.prepare("DELETE FROM names WHERE used < ?");
  }

  // `nowMs`: it isn't forgotten for a while.
  numberOf(text: string, nowMs: number): number {
    const known = this.#find.get(text);
    if (known) return Number(known["id"]);
    return Number(this.#insert.run(text, nowMs).lastInsertRowid);
  }

  textOf(name: number): string | undefined {
    return this.#text.get(name)?.["text"] as string | undefined;
  }

  // Once in a while is enough: names outlive their last use by all that is kept.
  used({ series, processes }: HistoryBlock, atMs: number): void {
    for (const { name } of series) this.#use.run(atMs, name, atMs);
    for (const { name } of processes) this.#use.run(atMs, name, atMs);
  }

  forget(unusedSinceMs: number): void {
    this.#forget.run(unusedSinceMs);
  }
}
