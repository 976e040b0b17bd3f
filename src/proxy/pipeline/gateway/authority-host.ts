// Hot path.
//
// The host of a Host line or :authority: lower case, without port, brackets' contents untouched,
// without the dot at the end of a full name. "Secret.COM.:443" and "secret.com" are one host.

export function authorityHost(authority: string): string {
  const colon = authority.lastIndexOf(":");
  // "[::1]:80" has colons inside its brackets.
  const isPort = colon >= 0 && authority.indexOf("]", colon) < 0;
  const end = isPort ? colon : authority.length;
  const isFull = end > 0 && authority.charCodeAt(end - 1) === 0x2e;
  return authority.slice(0, isFull ? end - 1 : end).toLowerCase();
}
