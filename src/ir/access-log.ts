// Which requests proxies write a line about, and what it says.

export type AccessLog = {
  readonly format: "json" | "text";
  readonly fields: readonly AccessLogFieldName[];
  readonly headers: readonly string[]; // in lower case
  readonly filter: AccessLogCondition;
  // Nothing that a workload asks of another whose proxy has its own line of it.
  readonly isOnce: boolean;
};

// All that are there must hold.
export type AccessLogCondition = {
  readonly statusAtLeast?: number;
  readonly durationAtLeastMs?: number;
  readonly failures?: true;
  readonly methods?: readonly string[];
  readonly pathPrefixes?: readonly string[];
  readonly reporter?: "source" | "destination";
  readonly percent?: number;
};

// `compile` takes them over into plans, where they have the same names.
export const ACCESS_LOG_FIELD_NAMES = [
  "start_time",
  "method",
  "path",
  "query",
  "authority",
  "response_code",
  "response_flags",
  "cause",
  "grpc_status",
  "attempts",
  "bytes_received",
  "bytes_sent",
  "duration",
  "first_byte",
  "reporter",
  "source",
  "source_principal",
  "destination",
  "destination_principal",
  "service",
  "route",
  "backend",
  "mutual_tls",
  "upstream_host",
  "request_id",
  "trace_id",
  "user_agent",
  "x_forwarded_for",
] as const;

export type AccessLogFieldName = (typeof ACCESS_LOG_FIELD_NAMES)[number];

// What a line says where nobody chooses: no query, no address, and no names twice.
const NOT_BY_DEFAULT: readonly string[] = [
  ...["query", "x_forwarded_for", "source_principal", "destination_principal"],
];

export const DEFAULT_ACCESS_LOG_FIELDS: readonly AccessLogFieldName[] =
  ACCESS_LOG_FIELD_NAMES.filter((name) => !NOT_BY_DEFAULT.includes(name));
