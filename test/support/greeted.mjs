// Listens first, then says hello: "node greeted.mjs HOST PORT" prints all that it hears.
import { connect } from "node:net";

const socket = connect({ host: process.argv[2], port: Number(process.argv[3]), timeout: 20_000 });
socket.once("data", () => socket.write("hello"));
socket.on("data", (bytes) => process.stdout.write(bytes));
socket.on("timeout", () => socket.destroy());
socket.on("error", () => {});
