// Hot path.

// A gRPC status as the HTTP status that says the same, where it speaks of whoever was asked; 200
// for those that speak of the call.
export function grpcOutcome(grpcStatus: string): number {
  switch (grpcStatus) {
    case "4": // deadline exceeded
      return 504;
    case "14": // unavailable
      return 503;
    case "2": // unknown
    case "13": // internal
    case "15": // data loss
      return 500;
    default:
      return 200;
  }
}
