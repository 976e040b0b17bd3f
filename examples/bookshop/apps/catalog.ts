// The shop's books, in SQLite, with search. VERSION v2 knows the staff's picks and shows them
// first.
//
//   GET /books?query=sea&limit=20     GET /books/12

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Book } from "./books.ts";
import { type Answer, type Call, json, serve } from "./serve.ts";

const VERSION = process.env["VERSION"] ?? "v1";
const KNOWS_PICKS = VERSION !== "v1";
const LIMIT_DEFAULT = 24;
const LIMIT_MAX = 200;

const PICKS = [
  "The crew of the till reads it once a year.",
  "Given away more often than any other book here.",
  "Start it on a Friday.",
  "Better than you remember from school.",
] as const;

type Row = { readonly id: number; readonly pick: string | null } & Omit<Book, "staffPick">;

const database = new DatabaseSync(":memory:");
seed();
const order = KNOWS_PICKS ? "ORDER BY pick IS NULL, id" : "ORDER BY id";
const one = database.prepare("SELECT * FROM books WHERE id = ?");
const all = database.prepare(`SELECT * FROM books ${order} LIMIT ?`);
const count = database.prepare("SELECT count(*) AS total FROM books");
const found = database.prepare(
  `SELECT books.* FROM words JOIN books ON books.id = words.rowid
   WHERE words MATCH ? ${order} LIMIT ?`,
);

serve(`catalog ${VERSION}`, answer);

function answer({ method, path, query }: Call): Answer | undefined {
  if (method !== "GET") return undefined;
  if (path === "/books") return list(query);
  const id = /^\/books\/(\d{1,6})$/.exec(path)?.[1];
  const row = id === undefined ? undefined : one.get(Number(id));
  if (!row) return undefined;
  return versioned(bookOf(row as Row));
}

function list(query: URLSearchParams): Answer {
  const wanted = Number(query.get("limit") ?? LIMIT_DEFAULT);
  const limit =
    Number.isInteger(wanted) && wanted > 0 ? Math.min(wanted, LIMIT_MAX) : LIMIT_DEFAULT;
  const words = matchOf(query.get("query") ?? "");
  const rows = words === "" ? all.all(limit) : found.all(words, limit);
  const books = rows.map((row) => bookOf(row as Row));
  return versioned({ version: VERSION, total: count.get()?.["total"], books });
}

// Every word as a prefix, quoted, so that nothing of it is taken for an operator.
function matchOf(query: string): string {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .slice(0, 8)
    .map((word) => `"${word}"*`)
    .join(" ");
}

function bookOf({ pick, ...book }: Row): Book {
  return KNOWS_PICKS && pick !== null ? { ...book, staffPick: pick } : book;
}

function versioned(value: unknown): Answer {
  return json(200, value, { "x-catalog-version": VERSION });
}

function seed(): void {
  database.exec(`
    CREATE TABLE books (
      id INTEGER PRIMARY KEY, title TEXT, author TEXT, year INTEGER, shelf TEXT,
      pages INTEGER, grams INTEGER, priceCents INTEGER, pick TEXT
    );
    CREATE VIRTUAL TABLE words USING fts5(title, author, shelf, tokenize = "unicode61");
  `);
  const book = database.prepare("INSERT INTO books VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const word = database.prepare(
    "INSERT INTO words (rowid, title, author, shelf) VALUES (?, ?, ?, ?)",
  );
  const file = join(import.meta.dirname, "../data/books.tsv");
  const lines = readFileSync(file, "utf8").trim().split("\n");
  database.exec("BEGIN");
  for (const [i, line] of lines.entries()) {
    const id = i + 1;
    const [title = "", author = "", year = "", shelf = ""] = line.split("\t");
    // Made up, the same at every start.
    const pages = 96 + ((id * 89) % 640);
    const pick = id % 17 === 4 ? PICKS[id % PICKS.length]! : null;
    book.run(id, title, author, Number(year), shelf, pages, 120 + pages, 590 + pages * 2, pick);
    word.run(id, title, author, shelf);
  }
  database.exec("COMMIT");
}
