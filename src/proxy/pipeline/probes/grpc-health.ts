// gRPC's health check as bytes: grpc.health.v1.Health/Check.
// https://github.com/grpc/grpc/blob/master/doc/health-checking.md

export const HEALTH_PATH = "/grpc.health.v1.Health/Check";

const PREFIX_BYTES = 5; // of a message: not compressed, then its length
const SERVICE_FIELD = 0x0a; // HealthCheckRequest.service = 1, length-delimited
const STATUS_FIELD = 0x08; // HealthCheckResponse.status = 1, varint
const STATUSES = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;

export type HealthStatus = (typeof STATUSES)[number] | "unreadable";

export function encodeHealthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const message =
    name.length === 0
      ? name
      : Buffer.concat([Buffer.from([SERVICE_FIELD, ...varint(name.length)]), name]);
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

// `bytes`: of the answer's body, at least its first message.
export function decodeHealthStatus(bytes: Uint8Array): HealthStatus {
  if (bytes.length < PREFIX_BYTES || bytes[0] !== 0) return "unreadable";
  const length = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32BE(1);
  const message = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
  if (message.length < length) return "unreadable";
  // The default of an enum isn't written.
  if (length === 0) return "UNKNOWN";
  return message[0] === STATUS_FIELD ? (STATUSES[message[1]!] ?? "unreadable") : "unreadable";
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
