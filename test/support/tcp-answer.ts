// What is answered to bytes over TCP, as far as it is asked for.

import { connect } from "node:net";

export async function tcpAnswer(url: string, text: string, length: number): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(text);
  let answer = "";
  for await (const chunk of socket) {
    answer += chunk;
    if (answer.length >= length) break;
  }
  return answer;
}
