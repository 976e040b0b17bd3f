// What a Node process holds once its garbage is collected, asked over its inspector (`--inspect`).

const WITHIN_MS = 30_000;

export type CollectedHeap = { readonly usedKiB: number };

// `output`: what the process has printed, the inspector's address among it.
export async function collectedHeap(output: string): Promise<CollectedHeap> {
  const url = /Debugger listening on (ws:\S+)/.exec(output)?.[1];
  if (url === undefined) throw new Error("The process has no inspector");
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`Cannot reach ${url}`));
  });
  let id = 0;
  const ask = (method: string): Promise<Record<string, number>> =>
    new Promise((resolve, reject) => {
      id++;
      const own = id;
      setTimeout(() => reject(new Error(`No answer to ${method}`)), WITHIN_MS).unref();
      socket.addEventListener("message", ({ data }) => {
        const answer = JSON.parse(String(data));
        if (answer.id === own) resolve(answer.result);
      });
      socket.send(JSON.stringify({ id: own, method }));
    });
  await ask("HeapProfiler.enable");
  await ask("HeapProfiler.collectGarbage");
  const { usedSize = 0 } = await ask("Runtime.getHeapUsage");
  socket.close();
  return { usedKiB: Math.round(usedSize / 1024) };
}
