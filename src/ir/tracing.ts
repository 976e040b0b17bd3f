// Which requests are traced, and where their spans go.

export type Tracing = {
  readonly endpoint: string; // OTLP over HTTP: "http://collector:4318"
  readonly percent: number;
  readonly paths: readonly { readonly prefix: string; readonly percent: number }[];
};
