// Names of hosts as documents write them.

const LENGTH_MAX = 253;
const LABEL = /^[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?$/;
const LABEL_MAX = 63;

// Lower case. A pattern may have "*" in place of its first labels, or be "*" alone.
export function isHostName(host: string, allows: "names" | "patterns"): boolean {
  if (host.length > LENGTH_MAX) return false;
  if (host === "*") return allows === "patterns";
  const labels = host.split(".");
  if (labels[0] === "*" && allows === "patterns") labels.shift();
  return labels.every((label) => label.length <= LABEL_MAX && LABEL.test(label));
}

// Istio's: "*.com" holds for "foo.example.com", and not for "com".
export function matchesHost(pattern: string, host: string): boolean {
  if (pattern === "*" || pattern === host) return true;
  return (
    pattern.startsWith("*") && host.length >= pattern.length && host.endsWith(pattern.slice(1))
  );
}
