// The application behind a pair that is measured where nginx isn't needed: answers at once, with
// little, or with much under /large.

import { createServer } from "node:http";

const SMALL = "x".repeat(105);
const LARGE = Buffer.alloc(8 * 1024 * 1024);

const listener = createServer((request, response) => {
  request.resume();
  response.end(request.url === "/large" ? LARGE : SMALL);
});
// A connection that waits long between two measurements is no new one.
listener.keepAliveTimeout = 600_000;
listener.listen(Number(process.env["PORT"]), "127.0.0.1");
