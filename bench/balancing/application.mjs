// An application for experiments with balancers: answers after $DELAY_MS, or after doing $WORK_MS
// of work on its one core. GET /stall?ms=2000&version=v1 makes v1 answer as late as that from then
// on. JavaScript, so that it starts in a moment.

import { createServer } from "node:http";
import { performance } from "node:perf_hooks";

const { PORT, VERSION = "", DELAY_MS = "0", WORK_MS = "0" } = process.env;
let delayMs = Number(DELAY_MS);

process.on("SIGTERM", () => process.exit(0));
if (PORT === undefined) setInterval(() => {}, 1e6);
else serve(Number(PORT));

function serve(port) {
  const listener = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://application");
    const isMeant = pathname === "/stall" && searchParams.get("version") === VERSION;
    if (isMeant) delayMs = Number(searchParams.get("ms"));
    work(Number(WORK_MS));
    const answer = () => response.end(VERSION);
    if (delayMs > 0 && pathname !== "/stall" && pathname !== "/ready") setTimeout(answer, delayMs);
    else answer();
  });
  listener.keepAliveTimeout = 120_000;
  listener.listen(port, "127.0.0.1");
}

function work(ms) {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
