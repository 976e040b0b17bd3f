// What else to read: books from the same shelf, over gRPC on HTTP/2 without TLS.
//
//   bookshop.Recommendations/ForBook, see recommendations.proto

import { readFileSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { join } from "node:path";
import { decodeFields, encodeFields, frameMessage, unframeMessage } from "./protobuf.ts";

type Shelved = { readonly id: number; readonly title: string; readonly shelf: string };

const METHOD = "/bookshop.Recommendations/ForBook";
const SUGGESTIONS = 3;
const WISH_BYTES_MAX = 1024;
const GRACE_MS = 1000;

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

const host = process.env["HOST"] ?? "127.0.0.1";
const port = Number(process.env["PORT"]);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  process.stderr.write(`recommendations: $PORT must say where to listen, and is "${port}"\n`);
  process.exit(2);
}
const books = readBooks();
const sessions = new Set<ServerHttp2Session>();
const listener = createServer();
listener.on("session", (session) => {
  sessions.add(session);
  session.on("error", () => {});
  session.on("close", () => sessions.delete(session));
});
listener.on("stream", take);
listener.on("error", (error) => {
  process.stderr.write(`recommendations: cannot listen on ${host}:${port}: ${error.message}\n`);
  process.exit(1);
});
listener.listen(port, host, () => process.stdout.write(`recommendations listens on ${port}\n`));
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    listener.close(() => process.exit(0));
    // Calls may finish.
    for (const session of sessions) session.close();
    setTimeout(() => process.exit(0), GRACE_MS).unref();
  });
}

function take(stream: ServerHttp2Stream, head: IncomingHttpHeaders): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("error", () => {});
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= WISH_BYTES_MAX) chunks.push(chunk);
  });
  stream.on("end", () => {
    if (head[":path"] !== METHOD) return fail(stream, UNIMPLEMENTED, "no such method");
    const message = bytes <= WISH_BYTES_MAX ? unframeMessage(Buffer.concat(chunks)) : undefined;
    const wish = message && decodeFields(message)?.find(({ field }) => field === 1)?.value;
    if (typeof wish !== "number") return fail(stream, INVALID_ARGUMENT, "no book_id");
    const book = books.find(({ id }) => id === wish);
    if (book === undefined) return fail(stream, NOT_FOUND, `no book ${wish}`);
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    const started = { ":status": 200, "content-type": "application/grpc+proto" };
    stream.respond(started, { waitForTrailers: true });
    stream.end(frameMessage(suggestionsFor(book)));
  });
}

function fail(stream: ServerHttp2Stream, code: number, message: string): void {
  const failed = { "grpc-status": String(code), "grpc-message": message };
  const head = { ":status": 200, "content-type": "application/grpc+proto", ...failed };
  stream.respond(head, { endStream: true });
}

// The next ones on the shelf, and from its beginning after its end.
function suggestionsFor(book: Shelved): Buffer {
  const others = books.filter(({ id, shelf }) => shelf === book.shelf && id !== book.id);
  const after = others.filter(({ id }) => id > book.id);
  const before = others.filter(({ id }) => id < book.id);
  const next = [...after, ...before].slice(0, SUGGESTIONS);
  return encodeFields(
    next.map(({ id, title }) => ({
      field: 1,
      value: encodeFields([
        { field: 1, value: id },
        { field: 2, value: Buffer.from(title) },
      ]),
    })),
  );
}

function readBooks(): readonly Shelved[] {
  const text = readFileSync(join(import.meta.dirname, "../data/books.tsv"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line, i) => {
      const [title = "", , , shelf = ""] = line.split("\t");
      return { id: i + 1, title, shelf };
    });
}
