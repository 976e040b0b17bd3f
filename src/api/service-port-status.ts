// What a port of a Service speaks, and who says so: `weft get services`.

export type ServicePortStatus = {
  readonly name: string;
  readonly port: number;
  // In documents' words, and "tls", which is carried as "tcp" is; null: nobody knows yet.
  readonly protocol: "http" | "http2" | "tls" | "tcp" | null;
  // detected: no document says; callers' sidecars have seen it within the last minutes.
  readonly source: "declared" | "detected" | "unknown";
};
