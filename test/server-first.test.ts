// A protocol whose application speaks first, as mail does: whoever waits for the caller's first
// bytes to tell what is spoken would wait for good.

import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { listenOn } from "./support/listen-on.ts";
import { tcpMesh, WAYS_IN } from "./support/tcp-mesh.ts";

const CRLF = "\r\n";

for (const way of WAYS_IN) {
  test(`a mail is handed over to an application that greets first, through ${way}`, async (t) => {
    const mails: string[] = [];
    const application = createServer((socket) => receiveMail(socket, mails));
    t.after(() => application.close());
    const { dial } = await tcpMesh(t, await listenOn(application));
    const sinceMs = performance.now();
    const lines = linesOf(await dial(way));
    assert.equal(await lines.next(), "220 mail.shop ready");
    assert.ok(performance.now() - sinceMs < LIMITS.sniffTimeoutMs, "it was waited for");
    lines.send("EHLO caller");
    assert.equal(await lines.next(), "250-mail.shop");
    assert.equal(await lines.next(), "250 SIZE 1000000");
    // Pipelined, with a body that has a line of its own for every answer.
    lines.send("MAIL FROM:<a@shop>", "RCPT TO:<b@shop>", "DATA");
    for (const expected of ["250 ok", "250 ok", "354 go on"]) {
      assert.equal(await lines.next(), expected);
    }
    const text = Array.from({ length: 5_000 }, (_, i) => `line ${i} of the mail`);
    lines.send(...text, ".", "QUIT");
    assert.equal(await lines.next(), "250 taken");
    assert.equal(await lines.next(), "221 bye");
    assert.equal(await lines.next(), undefined);
    assert.deepEqual(mails, [text.join("\n")]);
  });

  test(`a caller that says nothing learns that the application hangs up, through ${way}`, async (t) => {
    const application = createServer((socket) => {
      socket.on("error", () => {});
      socket.resume().end(`421 too busy${CRLF}`);
    });
    t.after(() => application.close());
    const { dial } = await tcpMesh(t, await listenOn(application));
    const lines = linesOf(await dial(way));
    assert.equal(await lines.next(), "421 too busy");
    assert.equal(await lines.next(), undefined);
  });
}

function receiveMail(socket: Socket, mails: string[]): void {
  const mail: string[] = [];
  let isMail = false;
  let rest = "";
  const say = (...lines: readonly string[]) => socket.write(lines.join(CRLF) + CRLF);
  socket.on("error", () => {});
  socket.setEncoding("latin1").on("data", (text: string) => {
    const lines = (rest + text).split(CRLF);
    rest = lines.pop()!;
    for (const line of lines) {
      if (isMail && line !== ".") mail.push(line);
      else if (isMail) {
        isMail = false;
        mails.push(mail.join("\n"));
        say("250 taken");
      } else if (line.startsWith("EHLO")) say("250-mail.shop", "250 SIZE 1000000");
      else if (line === "DATA") {
        isMail = true;
        say("354 go on");
      } else if (line === "QUIT") socket.end(`221 bye${CRLF}`);
      else say("250 ok");
    }
  });
  say("220 mail.shop ready");
}

// What the application says, line by line; undefined when it has closed its direction.
function linesOf(socket: Socket) {
  const lines: string[] = [];
  let rest = "";
  let hasEnded = false;
  let changed = (): void => {};
  socket.setEncoding("latin1").on("data", (text: string) => {
    lines.push(...(rest + text).split(CRLF));
    rest = lines.pop()!;
    changed();
  });
  socket.on("end", () => {
    hasEnded = true;
    changed();
  });
  return {
    send: (...sent: readonly string[]) => socket.write(sent.join(CRLF) + CRLF),
    async next(): Promise<string | undefined> {
      while (lines.length === 0 && !hasEnded) {
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
      return lines.shift();
    },
  };
}
