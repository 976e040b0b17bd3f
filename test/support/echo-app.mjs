// An application for tests: tells what it got, and does what its query says.
//
//   GET /anything                  -> JSON: who answered, what arrived
//   GET /anything?delayMs=200      -> the same, later
//   GET /anything?status=404       -> the same, with that status; of version v2 alone with
//                                     &version=v2 behind it
//   GET /ask/ECHO/path             -> what the dependency of $WEFT_ECHO_URL answers to /path
//   GET /pass/ECHO/path            -> the same, with the headers of its trace
//   GET /begin/ECHO/path           -> the same, with those of another
//   an upgrade to "echo"           -> bytes come back as they are
//
// Without $PORT it only lives. JavaScript, so that it starts in a moment.

import { randomBytes } from "node:crypto";
import { createServer, get } from "node:http";

const { PORT, VERSION = "", WEFT_WORKLOAD = "" } = process.env;

const HEADERS = {
  ask: () => ({}),
  pass: ({ traceparent }) => ({ traceparent }),
  begin: () => ({ traceparent: `00-${hexadecimal(16)}-${hexadecimal(8)}-01` }),
};

process.on("SIGTERM", () => process.exit(0));
if (PORT === undefined) setInterval(() => {}, 1e6);
else serve(Number(PORT));

function serve(port) {
  const listener = createServer((request, response) => {
    let bodyBytes = 0;
    request.on("data", (chunk) => {
      bodyBytes += chunk.length;
    });
    request.on("end", () => {
      const url = new URL(request.url, "http://application");
      const delayMs = Number(url.searchParams.get("delayMs") ?? 0);
      const [, verb, dependency, ...path] = url.pathname.split("/");
      if (verb in HEADERS) {
        ask(dependency, `/${path.join("/")}`, HEADERS[verb](request.headers), response);
      } else if (delayMs > 0) setTimeout(() => answer(request, response, bodyBytes), delayMs);
      else answer(request, response, bodyBytes);
    });
  });
  listener.on("upgrade", (_, socket) => {
    socket.on("error", () => {});
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n",
    );
    socket.pipe(socket);
  });
  // It is the caller who closes idle connections.
  listener.keepAliveTimeout = 120_000;
  listener.listen(port, "127.0.0.1");
}

function answer({ method, url, headers }, response, bodyBytes) {
  const query = new URL(url, "http://application").searchParams;
  const isMeant = (query.get("version") ?? VERSION) === VERSION;
  response.statusCode = isMeant ? Number(query.get("status") ?? 200) : 200;
  const told = { workload: WEFT_WORKLOAD, version: VERSION, pid: process.pid };
  response.setHeader("content-type", "application/json");
  response.setHeader("x-version", VERSION);
  response.end(JSON.stringify({ ...told, method, url, headers, bodyBytes }));
}

function ask(dependency, path, headers, response) {
  const url = new URL(process.env[`WEFT_${dependency}_URL`] + path);
  get(url, { agent: false, headers }, (answered) => {
    response.statusCode = answered.statusCode;
    answered.pipe(response);
  }).on("error", (error) => {
    response.statusCode = 502;
    response.end(error.message);
  });
}

function hexadecimal(bytes) {
  return randomBytes(bytes).toString("hex");
}
