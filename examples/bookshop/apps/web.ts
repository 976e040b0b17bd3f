// The shop front: pages in HTML, made of what catalog, reviews and orders say. A book's page does
// without reviews and recommendations where they fail; nothing does without the catalog.
//
//   GET /?query=sea     GET /books/12     POST /orders     GET /sign-in?user=tester
//   GET /live, as a WebSocket: orders as they are taken

import type { IncomingHttpHeaders } from "node:http";
import { Audience } from "./audience.ts";
import type { Book, BookList, Order, ReviewList } from "./books.ts";
import { Counter } from "./counter.ts";
import { Feed } from "./feed.ts";
import { bookPage, errorPage, frontPage, orderPage, type Shown } from "./pages.ts";
import { Recommender } from "./recommender.ts";
import { type Answer, type Call, serve } from "./serve.ts";
import { Upstream, UpstreamError } from "./upstream.ts";

const QUERY_CHARACTERS_MAX = 80;

const catalog = new Upstream("catalog");
const reviews = new Upstream("reviews");
const orders = new Upstream("orders");
const audience = new Audience("/live");
const feed = new Feed(process.env["WEFT_ORDERS_URL"] ?? "", audience);
const counter = new Counter();
const recommender = new Recommender();

serve("web", answer, {
  errorPage: (status, message) => page(status, errorPage(status, message)),
  audience,
});

async function answer(call: Call): Promise<Answer | undefined> {
  const { method, path, query } = call;
  if (method === "POST" && path === "/orders") return order(call);
  if (method !== "GET" && method !== "HEAD") return undefined;
  if (path === "/") return front(call);
  if (path === "/sign-in") return signIn(query.get("user") ?? "");
  const id = /^\/books\/(\d{1,6})$/.exec(path)?.[1];
  return id === undefined ? undefined : book(Number(id), call);
}

async function front(call: Call): Promise<Answer> {
  const visitor = visitorOf(call.headers);
  const query = (call.query.get("query") ?? "").slice(0, QUERY_CHARACTERS_MAX);
  const [{ body }, visits] = await Promise.all([
    catalog.get(`/books?query=${encodeURIComponent(query)}`, visitor),
    counter.increment("visits"),
  ]);
  feed.start();
  return page(200, frontPage(shown(visitor), body as BookList, { query, visits }));
}

async function book(id: number, call: Call): Promise<Answer | undefined> {
  const visitor = visitorOf(call.headers);
  const [found, said, suggestions] = await Promise.all([
    catalog.get(`/books/${id}`, visitor),
    reviews.get(`/reviews/${id}`, visitor).catch(unlessBug),
    recommender.forBook(id, visitor),
  ]);
  if (found.status !== 200) return undefined;
  const list = said?.status === 200 ? (said.body as ReviewList) : undefined;
  return page(200, bookPage(shown(visitor), found.body as Book, { list, suggestions }));
}

async function order(call: Call): Promise<Answer> {
  const visitor = visitorOf(call.headers);
  const form = new URLSearchParams(call.body);
  const { status, body } = await orders.post("/orders", visitor, {
    bookId: Number(form.get("bookId")),
    quantity: Number(form.get("quantity")),
    country: form.get("country"),
  });
  if (status === 201) return page(201, orderPage(shown(visitor), body as Order));
  const { error } = body as { readonly error?: string };
  return page(status, errorPage(status, error ?? "The order was not taken"));
}

function unlessBug(error: unknown): undefined {
  if (!(error instanceof UpstreamError)) throw error;
}

// A name is enough here: the shop has no passwords.
function signIn(user: string): Answer {
  const name = /^[a-z]{0,20}$/.test(user) ? user : "";
  const cookie = `user=${name}; Path=/; HttpOnly; SameSite=Lax${name === "" ? "; Max-Age=0" : ""}`;
  const headers = { location: "/", "set-cookie": cookie };
  return { status: 303, type: "text/plain", body: "", headers };
}

// Whoever calls us with `end-user` is believed, else the cookie.
function visitorOf(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  if (headers["end-user"] !== undefined) return headers;
  const user = /(?:^|;\s*)user=([a-z]{1,20})(?:;|$)/.exec(headers.cookie ?? "")?.[1];
  return user === undefined ? headers : { ...headers, "end-user": user };
}

function shown(visitor: IncomingHttpHeaders): Shown {
  const user = visitor["end-user"];
  return { user: typeof user === "string" ? user : "" };
}

function page(status: number, body: string): Answer {
  return { status, type: "text/html; charset=utf-8", body };
}
