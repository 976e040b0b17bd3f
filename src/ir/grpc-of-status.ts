// What gRPC calls get for a status of HTTP:
// https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md

const UNKNOWN = 2;
const GRPC_OF_STATUS: ReadonlyMap<number, number> = new Map([
  [400, 13],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, 14],
  [502, 14],
  [503, 14],
  [504, 14],
]);

export function grpcOfStatus(status: number): number {
  return GRPC_OF_STATUS.get(status) ?? UNKNOWN;
}
