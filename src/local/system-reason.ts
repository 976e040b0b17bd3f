// The plain words for what the operating system said.

const REASONS: ReadonlyMap<string, string> = new Map([
  ["EACCES", "no permission"],
  ["EPERM", "no permission"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["ENOENT", "it does not exist"],
  ["ENOTDIR", "a part of the path is not a folder"],
  ["EADDRINUSE", "the port is in use"],
  ["EADDRNOTAVAIL", "this machine has no such address"],
  ["EMFILE", "too many files are open (see `ulimit -n`)"],
  ["ENFILE", "the machine has too many open files"],
  ["EAGAIN", "the machine has too many processes (see `ulimit -u`)"],
  ["ENOMEM", "the memory is full"],
  ["ECONNREFUSED", "nothing listens there"],
]);

export function systemReason(error: unknown): string {
  const code = codeOf(error);
  const reason = REASONS.get(code);
  if (reason) return `${reason} (${code})`;
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
