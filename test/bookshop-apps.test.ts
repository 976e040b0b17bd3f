// The bookshop's applications on their own, without a mesh: each URL leads straight to the next.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { listenForHeaders } from "./support/listen-for-headers.ts";
import { tcpAnswer } from "./support/tcp-answer.ts";

const FOLDER = join(import.meta.dirname, "../examples/bookshop");
const NAMES = [
  "catalog",
  "catalog-v2",
  "reviews",
  "reviews-v2",
  "reviews-v3",
  "reviews-lonely",
  "ratings",
  "ratings-twin",
  "orders",
  "orders-lonely",
  "shipping",
  "shipping-twin",
  "recommendations",
  "store",
  "store-twin",
  "web",
  "web-lonely",
] as const;
type Name = (typeof NAMES)[number];
// What to say to those that speak no HTTP/1, and how many bytes they answer at least.
const GREETINGS = new Map<string, readonly [text: string, length: number]>([
  ["recommendations", ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", 9]],
  ["store", ["*1\r\n$4\r\nPING\r\n", 7]],
]);

const children: ChildProcess[] = [];
const urls = new Map<Name, string>();

before(async () => {
  const ports = await freePorts(NAMES.length + 1);
  for (const [i, name] of NAMES.entries()) urls.set(name, `http://127.0.0.1:${ports[i]}`);
  const nobody = `http://127.0.0.1:${ports.at(-1)}`;
  const twin = (name: string) => ["node", `apps/${name}.ts`];
  const run = (name: string) => ["sh", "run", name];
  const ratings = { WEFT_RATINGS_URL: url("ratings") };
  start("catalog", twin("catalog"));
  start("catalog-v2", twin("catalog"), { VERSION: "v2" });
  start("reviews", twin("reviews"));
  start("reviews-v2", twin("reviews"), { VERSION: "v2", ...ratings });
  start("reviews-v3", twin("reviews"), { VERSION: "v3", ...ratings });
  start("reviews-lonely", twin("reviews"), { VERSION: "v3", WEFT_RATINGS_URL: nobody });
  start("ratings", run("ratings"));
  start("ratings-twin", twin("ratings"));
  const callees = { WEFT_CATALOG_URL: url("catalog"), WEFT_SHIPPING_URL: `${url("shipping")}/` };
  start("orders", twin("orders"), callees);
  start("orders-lonely", twin("orders"), { ...callees, WEFT_SHIPPING_URL: nobody });
  start("shipping", run("shipping"));
  start("shipping-twin", twin("shipping"));
  start("recommendations", twin("recommendations"));
  start("store", run("store"));
  start("store-twin", twin("store"));
  start("web", twin("web"), {
    ...store("store"),
    RECOMMENDATIONS_ADDRESS: new URL(url("recommendations")).host,
    WEFT_CATALOG_URL: url("catalog-v2"),
    WEFT_REVIEWS_URL: url("reviews-v3"),
    WEFT_ORDERS_URL: url("orders"),
  });
  start("web-lonely", twin("web"), {
    ...{ WEFT_STORE_HOST: "127.0.0.1", WEFT_STORE_PORT: new URL(nobody).port },
    WEFT_CATALOG_URL: url("catalog"),
    WEFT_REVIEWS_URL: nobody,
    WEFT_ORDERS_URL: url("orders-lonely"),
    RECOMMENDATIONS_ADDRESS: new URL(nobody).host,
  });
  await Promise.all(NAMES.map(ready));
});

after(async () => {
  const codes = children.map((child) => ended(child));
  for (const child of children) child.kill("SIGTERM");
  // An application that has to be killed does not pass signals on.
  assert.deepEqual(
    await Promise.all(codes),
    children.map(() => 0),
  );
});

test("the front page lists and searches the catalog", async () => {
  const front = await page("web", "/");
  assert.match(front, /200 books/);
  assert.match(front, /href="\/books\/4"/);
  assert.match(front, /Our pick/);
  const found = await page("web", "/?query=island");
  assert.match(found, /Treasure Island/);
  assert.doesNotMatch(found, /Pride and Prejudice/);
});

test("a book's page goes through reviews to ratings and shows red stars", async () => {
  const shown = await page("web", "/books/1");
  assert.match(shown, /Pride and Prejudice/);
  assert.match(shown, /class="stars red" title="[1-5] of 5"/);
  assert.match(shown, /reviews v3/);
});

test("a book's page suggests others from its shelf, over gRPC", async () => {
  const shown = await page("web", "/books/1");
  assert.match(shown, /From the same shelf<\/h2><ul><li><a href="\/books\/2">Sense and Sens/);
  assert.doesNotMatch(await page("web-lonely", "/books/1"), /From the same shelf/);
});

test("an order goes through orders to catalog and shipping", async () => {
  const order = { bookId: "3", quantity: "2", country: "DE" };
  const shown = await page("web", "/orders", { method: "POST", body: new URLSearchParams(order) });
  const prices = [...shown.matchAll(/€ ([\d.]+)/g)].map(([, price]) => Number(price));
  assert.equal(prices.length, 3);
  assert.ok(Math.abs(prices[0]! + prices[1]! - prices[2]!) < 0.001, prices.join(" "));
  const wrong = { method: "POST", body: new URLSearchParams({ ...order, quantity: "0" }) };
  assert.equal((await fetch(`${url("web")}/orders`, wrong)).status, 400);
});

test("the front page counts its visits, where there is a store", async () => {
  const visits = async () => Number(/You are visit (\d+)/.exec(await page("web", "/"))?.[1]);
  const first = await visits();
  assert.ok(first > 0);
  assert.equal(await visits(), first + 1);
  assert.doesNotMatch(await page("web-lonely", "/"), /You are visit/);
});

test("whoever looks at the shop hears of every order", async () => {
  // The first page is what makes web listen to orders.
  await page("web", "/");
  const socket = new WebSocket(`${url("web").replace("http", "ws")}/live`);
  await once(socket, "open");
  const heard = once(socket, "message");
  const order = { bookId: 3, quantity: 2, country: "FR" };
  const again = setInterval(() => {
    void fetch(`${url("orders")}/orders`, { method: "POST", body: JSON.stringify(order) });
  }, 100);
  const [{ data }] = await heard;
  clearInterval(again);
  socket.close();
  const { title, ...rest } = JSON.parse(data);
  assert.deepEqual(rest, order);
  assert.notEqual(title, "");
  const wrong = await fetch(`${url("web")}/live`);
  assert.equal(wrong.status, 404);
});

test("versions differ as their documents promise", async () => {
  const [v1, v2] = await Promise.all([
    read("catalog", "/books?limit=200"),
    read("catalog-v2", "/books?limit=200"),
  ]);
  assert.equal(v1.books.length, 200);
  assert.ok(v1.books.every((book: object) => !("staffPick" in book)));
  assert.ok("staffPick" in v2.books[0]);
  const lists = await Promise.all(
    (["reviews", "reviews-v2", "reviews-v3"] as const).map((name) => read(name, "/reviews/7")),
  );
  assert.deepEqual(
    lists.map(({ version }) => version),
    ["v1", "v2", "v3"],
  );
  assert.deepEqual(
    lists.map(({ starColour }) => starColour),
    [undefined, "black", "red"],
  );
  assert.ok(lists[1].reviews.every(({ stars }: { stars: number }) => stars >= 1 && stars <= 5));
});

test("without ratings there are no stars, without reviews no reviews", async () => {
  const list = await read("reviews-lonely", "/reviews/7");
  assert.match(list.ratingsError, /ratings does not answer/);
  const shown = await page("web-lonely", "/books/7");
  assert.match(shown, /Reviews are not available/);
  assert.match(shown, /Great Expectations/);
});

test("other failures are not hidden", async () => {
  const order = new URLSearchParams({ bookId: "3", quantity: "1", country: "DE" });
  const post = { method: "POST", body: order };
  assert.equal((await fetch(`${url("web-lonely")}/orders`, post)).status, 502);
});

test("the twins answer alike", async () => {
  const ratings = ["/ratings/1", "/ratings/2", "/ratings/199", "/ratings/999", "/ratings/x", "/x"];
  const shipping = [
    "/quote?country=DE&grams=500",
    "/quote?country=US&grams=30000",
    "/quote?country=JP&grams=501",
    "/quote?country=de&grams=1",
    "/quote?country=DE&grams=30001",
    "/quote?country=DE&grams=-1",
    "/x",
  ];
  for (const path of ratings) await alike("ratings", "ratings-twin", path);
  for (const path of shipping) await alike("shipping", "shipping-twin", path);
  const said = "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nINCR\r\n$1\r\nx\r\n*2\r\n$3\r\nGET\r\n$1\r\nx\r\n";
  const answers = "+PONG\r\n:1\r\n$1\r\n1\r\n";
  for (const name of ["store", "store-twin"] as const) {
    assert.equal(await tcpAnswer(url(name), said, answers.length), answers);
  }
});

test("who the visitor is, and the trace, go along the chain", async () => {
  await using seen = await listenForHeaders();
  const child = spawnApp(["node", "apps/reviews.ts"], {
    ...{ PORT: String((await freePorts(1))[0]), VERSION: "v2" },
    WEFT_RATINGS_URL: `${seen.url}/~secret/ratings`,
  });
  children.push(child);
  const [line] = await once(child.stdout!, "data");
  const port = /\d+\s*$/.exec(String(line))?.[0].trim();
  const headers = { "end-user": "tester", traceparent: "00-a-b-01", "x-request-id": "r1" };
  await fetch(`http://127.0.0.1:${port}/reviews/1`, { headers });
  const head = seen.text();
  assert.match(head, /^GET \/~secret\/ratings\/ratings\/1 HTTP/);
  for (const [name, value] of Object.entries(headers))
    assert.ok(head.includes(`${name}: ${value}`));
});

function start(name: Name, command: readonly string[], environment: Record<string, string> = {}) {
  const child = spawnApp(command, { PORT: new URL(url(name)).port, ...environment });
  children.push(child);
}

function spawnApp([program = "", ...args]: readonly string[], environment: Record<string, string>) {
  const folder = join(process.execPath, "..");
  const PATH = `${folder}:${process.env["PATH"]}`;
  const env = { ...process.env, PATH, ...environment };
  return spawn(program, args, { cwd: FOLDER, env, stdio: ["ignore", "pipe", "inherit"] });
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = await once(child, "exit");
  return code;
}

function url(name: Name): string {
  return urls.get(name)!;
}

function store(name: Name): Record<string, string> {
  const { hostname, port } = new URL(url(name));
  return { WEFT_STORE_HOST: hostname, WEFT_STORE_PORT: port };
}

async function ready(name: Name): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const greeting = GREETINGS.get(name.replace("-twin", ""));
    const asked = greeting
      ? tcpAnswer(url(name), ...greeting)
      : fetch(`${url(name)}/healthz`).then(({ ok }) => ok);
    const isUp = await asked.catch(() => false);
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${name} did not come up`);
}

async function page(name: Name, path: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url(name) + path, init);
  assert.ok(response.ok, `${name}${path}: ${response.status}`);
  assert.match(response.headers.get("content-type") ?? "", /text\/html/);
  return response.text();
}

// biome-ignore lint/suspicious/noExplicitAny: what the applications say, as they say it.
async function read(name: Name, path: string): Promise<any> {
  const response = await fetch(url(name) + path);
  assert.equal(response.status, 200);
  return response.json();
}

async function alike(one: Name, other: Name, path: string): Promise<void> {
  const [first, second] = await Promise.all(
    [one, other].map(async (name) => {
      const response = await fetch(url(name) + path);
      const type = response.headers.get("content-type");
      return { status: response.status, type, body: await response.json() };
    }),
  );
  assert.deepEqual(first, second, path);
}

async function freePorts(count: number): Promise<number[]> {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(listeners.map((listener) => once(listener, "listening")));
  const ports = listeners.map((listener) => (listener.address() as AddressInfo).port);
  await Promise.all(listeners.map((listener) => new Promise((done) => listener.close(done))));
  return ports;
}
