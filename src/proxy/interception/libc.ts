// Calls into libc that Node doesn't have, through node:ffi: 0.5 MB of anonymous memory, and 1 to
// 3 us a call. Node calls it an experiment; Weft runs on one exact Node, whose tests are ours.

type Ffi = typeof import("node:ffi");

const FUNCTIONS = {
  getsockname: { arguments: ["int32", "buffer", "buffer"], return: "int32" },
  getsockopt: { arguments: ["int32", "int32", "int32", "buffer", "buffer"], return: "int32" },
} as const;

// Whoever calls its functions keeps it: a library that is collected is closed.
export type Libc = ReturnType<typeof openLibc>;

// Throws where this Node or this system has no such thing.
export function openLibc() {
  // What the process has loaded already.
  return loadFfi().dlopen(null, FUNCTIONS);
}

// Without Node's warning that it is an experiment, in the logs of each pod.
function loadFfi(): Ffi {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    const ffi = process.getBuiltinModule("node:ffi");
    if (!ffi) throw new Error("this Node has no node:ffi");
    return ffi;
  } finally {
    process.emitWarning = emitWarning;
  }
}
