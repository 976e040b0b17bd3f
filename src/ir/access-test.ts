// What an expression asks of a request that has ended, for its line in the access log.
//
// Three-valued, as CEL has it: a test of what there is none of has no answer, and neither has what
// depends on it; a request gets its line where the answer is yes.

export type AccessTest =
  | { readonly kind: "and" | "or"; readonly of: readonly AccessTest[] }
  | { readonly kind: "not"; readonly of: AccessTest }
  | { readonly kind: "constant"; readonly holds: boolean }
  | { readonly kind: "mutual-tls" }
  | { readonly kind: "present"; readonly of: AccessNumber | AccessText }
  | {
      readonly kind: "number";
      readonly of: AccessNumber;
      readonly is: NumberRelation;
      readonly than: number;
    }
  | {
      readonly kind: "text";
      readonly of: AccessText;
      readonly is: TextRelation;
      readonly than: string;
    };

export type NumberRelation = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type TextRelation = "==" | "!=" | "contains" | "startsWith" | "endsWith";

export type AccessNumber =
  | "response_code"
  | "grpc_status"
  | "bytes_received"
  | "bytes_sent"
  | "duration"; // milliseconds

export type AccessText =
  | "method"
  | "target" // with its query
  | "path" // without
  | "query"
  | "authority"
  | "scheme"
  | "upstream_host"
  | { readonly header: string }; // of the request, in lower case
