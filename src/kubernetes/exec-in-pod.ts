// Runs a command in a container of a pod and waits for its end.

import { LIMITS } from "#base/limits.ts";
import type { ClusterApi } from "./cluster-api.ts";
import { openPodChannels, podPath } from "./pod-channels.ts";

export type PodCommand = {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
};

export type PodCommandEnd =
  | { readonly kind: "ended"; readonly code: number; readonly output: string }
  | { readonly kind: "failed"; readonly reason: string };

const OUTPUT = 1;
const ERRORS = 2;
const RESULT = 3;

// `output` has what it wrote on both of its outputs, as far as the limit goes.
export async function execInPod(api: ClusterApi, asked: PodCommand): Promise<PodCommandEnd> {
  const { namespace, pod, container, command } = asked;
  const query = new URLSearchParams({ container, stdout: "true", stderr: "true" });
  for (const word of command) query.append("command", word);
  const chunks: Buffer[] = [];
  let bytes = 0;
  let result = "";
  const ended = Promise.withResolvers<string>();
  const opening = await openPodChannels(api, `${podPath(namespace, pod)}/exec?${query}`, {
    received(channel, chunk) {
      if (channel === RESULT) result += chunk.toString("utf8");
      const isTaken = bytes + chunk.length <= LIMITS.podCommandOutputBytesMax;
      if ((channel !== OUTPUT && channel !== ERRORS) || !isTaken) return;
      bytes += chunk.length;
      chunks.push(chunk);
    },
    closed: ended.resolve,
  });
  if (opening.kind === "failed") return { kind: "failed", reason: opening.reason };
  const timer = setTimeout(() => {
    ended.resolve(`it took more than ${LIMITS.podCommandTimeoutMs} ms`);
    opening.channels.close();
  }, LIMITS.podCommandTimeoutMs);
  const reason = await ended.promise;
  clearTimeout(timer);
  return endOf(result, Buffer.concat(chunks).toString("utf8"), reason);
}

// `result` is a metav1.Status.
function endOf(result: string, output: string, reason: string): PodCommandEnd {
  if (result === "") return { kind: "failed", reason: reason || "its end wasn't told" };
  try {
    const status = JSON.parse(result) as ExecStatus;
    if (status.status === "Success") return { kind: "ended", code: 0, output };
    const code = Number(
      status.details?.causes?.find((each) => each.reason === "ExitCode")?.message,
    );
    if (Number.isInteger(code)) return { kind: "ended", code, output };
    return { kind: "failed", reason: status.message ?? result };
  } catch {
    return { kind: "failed", reason: result };
  }
}

type ExecStatus = {
  readonly status?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { reason?: string; message?: string }[] };
};
