// What a body is said to be, as far as its secrets are concerned.

// "json", "form": values have names. "text": can be read, and nothing in it has a name for sure.
export type BodyKind = "json" | "form" | "text" | "binary";

const JSON_TYPES: ReadonlySet<string> = new Set([
  ...["application/json", "text/json", "application/x-json", "application/csp-report"],
  ...["application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-seq"],
]);
const TEXT_TYPES: ReadonlySet<string> = new Set([
  ...["application/xml", "application/javascript", "application/ecmascript"],
  ...["application/graphql", "application/yaml", "application/x-yaml", "application/toml"],
  ...["application/sql", "application/x-sh", "image/svg+xml"],
]);
const READABLE_CHARSETS: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii", "ascii"]);

// By a content-type (RFC 9110 §8.3.1). A charset that we don't read makes a text binary, and JSON
// or a form stay what they are: they must not be shown then.
export function bodyKind(contentType: string): BodyKind {
  const [said = "", ...parameters] = contentType.toLowerCase().split(";");
  const type = said.trim();
  if (JSON_TYPES.has(type) || type.endsWith("+json")) return "json";
  if (type === "application/x-www-form-urlencoded") return "form";
  const isText = type.startsWith("text/") || TEXT_TYPES.has(type) || type.endsWith("+xml");
  return isText && isReadable(parameters) ? "text" : "binary";
}

function isReadable(parameters: readonly string[]): boolean {
  return parameters.every((parameter) => {
    const [name = "", value = ""] = parameter.split("=", 2).map((part) => part.trim());
    return name !== "charset" || READABLE_CHARSETS.has(value.replaceAll('"', ""));
  });
}
