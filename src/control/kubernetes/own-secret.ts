// A Secret that the control plane itself needs: the first replica makes it, the others read it.
// Waits for as long as the API server is away: nothing works without.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { pause } from "#base/pause.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";

export type OwnSecretOptions = {
  readonly api: Pick<ClusterApi, "request">;
  readonly clock: Clock;
  readonly log: Log;
  readonly namespace: string;
  readonly name: string;
  // What is in it when nobody has made it yet, as text.
  readonly make: () => Promise<ReadonlyMap<string, string>>;
};

type SecretBody = { readonly data?: { readonly [key: string]: string } };

const LABELS = { "app.kubernetes.io/name": "weft", "app.kubernetes.io/part-of": "weft" };

export async function ownSecret(options: OwnSecretOptions): Promise<ReadonlyMap<string, string>> {
  const { api, clock, log, namespace, name } = options;
  const list = `/api/v1/namespaces/${namespace}/secrets`;
  for (;;) {
    const found = await api.request("GET", `${list}/${name}`);
    if (found.status === 200) return textsOf(found.body as SecretBody);
    if (found.status === 404) {
      const texts = await options.make();
      const made = await api.request("POST", list, secretOf(options, texts));
      if (made.status === 201) return texts;
      // Another replica was faster: its one counts.
      if (made.status === 409) continue;
      log.warn("Cannot make a Secret; trying again", { name, reason: made.reason });
    } else {
      log.warn("Cannot read a Secret; trying again", { name, reason: found.reason });
    }
    await pause(clock, LIMITS.apiPauseFirstMs);
  }
}

function secretOf({ namespace, name }: OwnSecretOptions, texts: ReadonlyMap<string, string>) {
  const data = [...texts].map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
  return {
    ...{ apiVersion: "v1", kind: "Secret", type: "Opaque" },
    metadata: { namespace, name, labels: LABELS },
    data: Object.fromEntries(data) as Record<string, string>,
  };
}

function textsOf({ data = {} }: SecretBody): ReadonlyMap<string, string> {
  const texts = Object.entries(data).map(([key, text]): [string, string] => {
    return [key, Buffer.from(text, "base64").toString()];
  });
  return new Map(texts);
}
