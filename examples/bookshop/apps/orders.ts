// Takes orders: asks `catalog` for the price and `shipping` for a quote, and keeps the order.
//
//   POST /orders {"bookId": 12, "quantity": 1, "country": "DE"}     GET /orders/3
//   GET /feed, as a WebSocket: every order as it is taken

import { DatabaseSync } from "node:sqlite";
import { Audience } from "./audience.ts";
import type { Book, LiveOrder, Order, Quote } from "./books.ts";
import { type Answer, type Call, json, serve } from "./serve.ts";
import { Upstream } from "./upstream.ts";

type Wish = { readonly bookId: number; readonly quantity: number; readonly country: string };

const QUANTITY_MAX = 20;
// The demo runs for hours; what is older is history.
const ORDERS_KEPT = 10_000;

const catalog = new Upstream("catalog");
const shipping = new Upstream("shipping");
const database = new DatabaseSync(":memory:");
database.exec(`
  CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT, bookId INTEGER, title TEXT, quantity INTEGER,
    country TEXT, priceCents INTEGER, shippingCents INTEGER, totalCents INTEGER, days INTEGER
  )
`);
const insert = database.prepare(`
  INSERT INTO orders (bookId, title, quantity, country, priceCents, shippingCents, totalCents, days)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *
`);
const forget = database.prepare("DELETE FROM orders WHERE id <= ?");
const one = database.prepare("SELECT * FROM orders WHERE id = ?");

const audience = new Audience("/feed");

serve("orders", answer, { audience });

async function answer({ method, path, headers, body }: Call): Promise<Answer | undefined> {
  if (method === "POST" && path === "/orders") {
    const wish = wishOf(body);
    if (wish) return take(wish, headers);
    const right = `bookId, quantity 1 to ${QUANTITY_MAX} and a country of two capitals`;
    return json(400, { error: `An order needs ${right}` });
  }
  const id = method === "GET" ? /^\/orders\/(\d{1,9})$/.exec(path)?.[1] : undefined;
  const order = id === undefined ? undefined : one.get(Number(id));
  return order ? json(200, order) : undefined;
}

async function take(wish: Wish, headers: Call["headers"]): Promise<Answer> {
  const { bookId, quantity, country } = wish;
  const found = await catalog.get(`/books/${bookId}`, headers);
  if (found.status !== 200) return json(404, { error: `There is no book ${bookId}` });
  const book = found.body as Book;
  const quoted = await shipping.get(
    `/quote?country=${country}&grams=${book.grams * quantity}`,
    headers,
  );
  if (quoted.status !== 200) return json(400, { error: `We can't send that to ${country}` });
  const { cents, days } = quoted.body as Quote;
  const price = book.priceCents * quantity;
  const values = [bookId, book.title, quantity, country, price, cents, price + cents, days];
  const order = insert.get(...values) as Order;
  forget.run(order.id - ORDERS_KEPT);
  const live: LiveOrder = { bookId, title: book.title, quantity, country };
  audience.tell(JSON.stringify(live));
  return json(201, order);
}

function wishOf(body: string): Wish | undefined {
  let value: Partial<Record<keyof Wish, unknown>> | null;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const { bookId, quantity, country } = value ?? {};
  const isRight =
    Number.isInteger(bookId) &&
    Number.isInteger(quantity) &&
    Number(quantity) >= 1 &&
    Number(quantity) <= QUANTITY_MAX &&
    typeof country === "string" &&
    /^[A-Z]{2}$/.test(country);
  return isRight ? { bookId: Number(bookId), quantity: Number(quantity), country } : undefined;
}
