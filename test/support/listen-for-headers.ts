// A listener that answers nothing but 503, and keeps what it was asked.

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

export async function listenForHeaders() {
  let text = "";
  const listener = createServer((socket) => {
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      socket.end("HTTP/1.1 503 Gone\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    text: () => text,
    [Symbol.asyncDispose]: async () => void (await new Promise((done) => listener.close(done))),
  };
}
