// What the front page runs: shows orders as they are taken, in a corner.

export const LIVE_SCRIPT = `
const shown = document.querySelector(".live");
const list = shown.querySelector("ul");
function listen() {
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/live");
  socket.onmessage = ({ data }) => {
    const { title, quantity, country } = JSON.parse(data);
    const line = document.createElement("li");
    line.textContent = quantity + " × " + title + " to " + country;
    list.prepend(line);
    while (list.children.length > 5) list.lastChild.remove();
    shown.hidden = false;
  };
  socket.onclose = () => setTimeout(listen, 5000);
}
listen();
`;
