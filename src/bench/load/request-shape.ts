// One kind of request in a mix. Paths, header values and bodies may have gaps: template.ts.

export type RequestShape = {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  // A text goes as UTF-8.
  readonly body: string | Uint8Array;
  // How many of them among the sum of all weights; whole.
  readonly weight: number;
};

export type RequestTarget = { readonly authority: string; readonly prefix: string };

// One character is one byte on the wire.
export function bodyText(body: string | Uint8Array): string {
  return Buffer.from(body as string).toString("latin1");
}
