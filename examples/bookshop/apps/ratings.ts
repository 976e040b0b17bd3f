// Stars for books: the twin of ratings.py, for machines without Python.
//
//   GET /ratings/12

import { DatabaseSync } from "node:sqlite";
import type { RatingList } from "./books.ts";
import { type Answer, type Call, json, serve } from "./serve.ts";

const BOOKS = 200;
const REVIEWERS = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Radia", "Alan", "Frances"];

const database = new DatabaseSync(":memory:");
seed();
const ofBook = database.prepare("SELECT reviewer, stars FROM ratings WHERE bookId = ? ORDER BY id");
const averageOf = database.prepare("SELECT avg(stars) AS average FROM ratings WHERE bookId = ?");

serve("ratings", answer);

function answer({ method, path }: Call): Answer | undefined {
  const id = method === "GET" ? /^\/ratings\/(\d{1,6})$/.exec(path)?.[1] : undefined;
  if (id === undefined) return undefined;
  const bookId = Number(id);
  const ratings = ofBook.all(bookId).map((row) => ({ ...row }) as RatingList["ratings"][number]);
  const average = Number(averageOf.get(bookId)?.["average"] ?? 0);
  return json(200, { bookId, average: Math.round(average * 100) / 100, ratings });
}

function seed(): void {
  database.exec(`
    CREATE TABLE ratings (id INTEGER PRIMARY KEY, bookId INTEGER, reviewer TEXT, stars INTEGER);
    CREATE INDEX ratingsOfBook ON ratings (bookId);
    BEGIN;
  `);
  const insert = database.prepare("INSERT INTO ratings (bookId, reviewer, stars) VALUES (?, ?, ?)");
  for (let book = 1; book <= BOOKS; book++) {
    for (let i = 0; i < 2 + (book % 4); i++) {
      const reviewer = REVIEWERS[(book + i * 3) % REVIEWERS.length]!;
      insert.run(book, reviewer, 1 + ((book * 7 + i * 3) % 5));
    }
  }
  database.exec("COMMIT");
}
