// Where the tokens of the admin API lie in a cluster: whoever may read this Secret may ask.

export const ADMIN_SECRET = { namespace: "weft-system", name: "weft-admin" } as const;

export type AdminSecret = { readonly write: string; readonly read: string };

const LENGTH_MIN = 32;

// Of the Secret as an API server has it. Undefined where they aren't there.
export function adminTokensIn(secret: unknown): AdminSecret | undefined {
  const { data } = (secret ?? {}) as { readonly data?: Readonly<Record<string, unknown>> };
  const decoded = (name: string) => {
    const value = data?.[name];
    return typeof value === "string" ? Buffer.from(value, "base64").toString("utf8").trim() : "";
  };
  const tokens = { write: decoded("write"), read: decoded("read") };
  const isSound = tokens.write.length >= LENGTH_MIN && tokens.read.length >= LENGTH_MIN;
  return isSound ? tokens : undefined;
}
