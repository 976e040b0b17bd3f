// Dials each "ADDRESS PORT" of its arguments and prints, a line each, what it was answered.
import { connect } from "node:net";

for (const target of process.argv.slice(2)) {
  const [host, port] = target.split(" ");
  const answer = await new Promise((resolve) => {
    let text = "";
    const socket = connect({ host, port: Number(port), timeout: 10_000 });
    socket.on("data", (bytes) => {
      text += bytes;
    });
    socket.on("timeout", () => socket.destroy(new Error("timeout")));
    socket.on("error", (error) => resolve(error.code ?? error.message));
    socket.on("close", () => resolve(text.trim()));
  });
  process.stdout.write(`${answer}\n`);
}
