// A CONNECT tunnel through a caller's sidecar, as HTTP clients with a proxy open it.

import { request } from "node:http";
import type { Socket } from "node:net";
import type { RunningProxy } from "./small-mesh.ts";

// Rejects with the status where it isn't opened.
export function connectThrough(caller: RunningProxy, key: string, secret: string): Promise<Socket> {
  const { address, port } = caller.settings.outbound;
  const authorization = `Basic ${Buffer.from(`weft:${secret}`).toString("base64")}`;
  const headers = { "proxy-authorization": authorization };
  return new Promise((resolve, reject) => {
    const asking = request({ host: address, port, method: "CONNECT", path: key, headers });
    asking.on("connect", (answer, socket, first) => {
      socket.unshift(first);
      if (answer.statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      reject(new Error(`answered ${answer.statusCode}`));
    });
    asking.on("error", reject);
    asking.end();
  });
}
