// Counters in memory, over plain TCP: the twin of redis-server, for machines without it. Of RESP,
// Redis's protocol, it knows what the shop needs.
//
//   PING     GET key     INCR key

import { createServer, type Socket } from "node:net";

const COMMAND_BYTES_MAX = 4096;
const KEYS_MAX = 1000;
const GRACE_MS = 1000;

type Command = { readonly words: readonly string[]; readonly length: number };

const host = process.env["HOST"] ?? "127.0.0.1";
const port = Number(process.env["PORT"]);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  process.stderr.write(`store: $PORT must say where to listen, and is "${port}"\n`);
  process.exit(2);
}
const counters = new Map<string, number>();
const open = new Set<Socket>();
const listener = createServer(take);
listener.on("error", (error) => {
  process.stderr.write(`store: cannot listen on ${host}:${port}: ${error.message}\n`);
  process.exit(1);
});
listener.listen(port, host, () => process.stdout.write(`store listens on ${port}\n`));
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    listener.close(() => process.exit(0));
    for (const socket of open) socket.end();
    setTimeout(() => process.exit(0), GRACE_MS).unref();
  });
}

function take(socket: Socket): void {
  let unread: Buffer = Buffer.alloc(0);
  open.add(socket);
  socket.on("close", () => open.delete(socket));
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    let command = parseCommand(unread);
    for (; typeof command === "object"; command = parseCommand(unread)) {
      unread = unread.subarray(command.length);
      socket.write(answer(command.words));
    }
    if (command === "wrong") socket.end("-ERR Protocol error\r\n");
  });
}

function answer([name = "", key, ...more]: readonly string[]): string {
  const verb = name.toUpperCase();
  if (verb === "PING" && key === undefined) return "+PONG\r\n";
  const takesKey = verb === "GET" || verb === "INCR";
  if (!takesKey) return "-ERR unknown command\r\n";
  if (key === undefined || more.length > 0) return "-ERR wrong number of arguments\r\n";
  const count = counters.get(key);
  if (verb === "GET") return count === undefined ? "$-1\r\n" : bulk(String(count));
  if (count === undefined && counters.size >= KEYS_MAX) return "-OOM too many keys\r\n";
  counters.set(key, (count ?? 0) + 1);
  return `:${counters.get(key)}\r\n`;
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

// "*2\r\n$4\r\nINCR\r\n$8\r\nvisitors\r\n"
function parseCommand(bytes: Buffer): Command | "incomplete" | "wrong" {
  const unfinished = bytes.length > COMMAND_BYTES_MAX ? "wrong" : "incomplete";
  const head = lineAt(bytes, 0);
  if (head === undefined) return unfinished;
  const count = /^\*([1-9])$/.exec(head)?.[1];
  if (count === undefined) return "wrong";
  const words: string[] = [];
  let at = head.length + 2;
  for (let i = 0; i < Number(count); i++) {
    const line = lineAt(bytes, at);
    if (line === undefined) return unfinished;
    const size = /^\$(\d{1,3})$/.exec(line)?.[1];
    if (size === undefined) return "wrong";
    const start = at + line.length + 2;
    at = start + Number(size) + 2;
    if (bytes.length < at) return unfinished;
    words.push(bytes.toString("utf8", start, at - 2));
  }
  return { words, length: at };
}

function lineAt(bytes: Buffer, at: number): string | undefined {
  const end = bytes.indexOf("\r\n", at);
  return end < 0 ? undefined : bytes.toString("latin1", at, end);
}
