// What readers say. VERSION v1 shows no stars, v2 black ones, v3 red ones; v2 and v3 ask `ratings`
// for them, and do without where it fails.
//
//   GET /reviews/12

import { DatabaseSync } from "node:sqlite";
import type { RatingList, Review, ReviewList } from "./books.ts";
import { type Answer, type Call, json, serve } from "./serve.ts";
import { Upstream, UpstreamError } from "./upstream.ts";

const VERSION = process.env["VERSION"] ?? "v1";
const BOOKS = 200;
const REVIEWERS = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Radia", "Alan", "Frances"];
const OPENINGS = [
  "I read it in one night.",
  "It took me three attempts.",
  "A present from my aunt, and a good one.",
  "My book club could not agree.",
  "The second half makes up for the first.",
  "I laughed on the train.",
];
const VERDICTS = [
  "Nobody writes sentences like these any more.",
  "The weather in it is better than the plot.",
  "I miss the people in it.",
  "I would have married the other one.",
  "Skip the chapter about the sewers.",
  "I started again on the first page when I was through.",
  "The villain has all the good lines.",
];

const database = new DatabaseSync(":memory:");
seed();
const ofBook = database.prepare("SELECT reviewer, text FROM reviews WHERE bookId = ? ORDER BY id");
const ratings = VERSION === "v1" ? undefined : new Upstream("ratings");

serve(`reviews ${VERSION}`, answer);

async function answer({ method, path, headers }: Call): Promise<Answer | undefined> {
  const id = method === "GET" ? /^\/reviews\/(\d{1,6})$/.exec(path)?.[1] : undefined;
  if (id === undefined) return undefined;
  const bookId = Number(id);
  const reviews = ofBook.all(bookId).map((row) => ({ ...row }) as Review);
  const list = { version: VERSION, bookId, reviews };
  return json(200, ratings ? await withStars(list, ratings, headers) : list, {
    "x-reviews-version": VERSION,
  });
}

async function withStars(
  list: ReviewList,
  from: Upstream,
  headers: Call["headers"],
): Promise<ReviewList> {
  const starColour = VERSION === "v2" ? "black" : "red";
  try {
    const { body } = await from.get(`/ratings/${list.bookId}`, headers);
    const stars = new Map((body as RatingList).ratings.map((one) => [one.reviewer, one.stars]));
    const reviews = list.reviews.map((review) => {
      const given = stars.get(review.reviewer);
      return given === undefined ? review : { ...review, stars: given };
    });
    return { ...list, reviews, starColour };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    return { ...list, starColour, ratingsError: error.message };
  }
}

function seed(): void {
  database.exec(`
    CREATE TABLE reviews (id INTEGER PRIMARY KEY, bookId INTEGER, reviewer TEXT, text TEXT);
    CREATE INDEX reviewsOfBook ON reviews (bookId);
    BEGIN;
  `);
  const insert = database.prepare("INSERT INTO reviews (bookId, reviewer, text) VALUES (?, ?, ?)");
  for (let book = 1; book <= BOOKS; book++) {
    // The same two to five as in `ratings`.
    for (let i = 0; i < 2 + (book % 4); i++) {
      const reviewer = REVIEWERS[(book + i * 3) % REVIEWERS.length]!;
      const opening = OPENINGS[(book * 5 + i) % OPENINGS.length];
      const verdict = VERDICTS[(book * 3 + i * 2) % VERDICTS.length];
      insert.run(book, reviewer, `${opening} ${verdict}`);
    }
  }
  database.exec("COMMIT");
}
