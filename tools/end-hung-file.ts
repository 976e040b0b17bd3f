// Preloaded into each file of tests: Node's own time limit fails a test that hangs, but waits for
// its sockets and timers. This ends the process, as a failure of its file, and says what was open.

// The sweep of faults takes two minutes, and ten on a machine with other work and with coverage.
const FILE_TIMEOUT_MS = 1_500_000;
// It waits for the build of the cluster's programs, and then runs all cases of one cluster.
const CLUSTER_FILE_TIMEOUT_MS = 4_200_000;
const isCluster = process.argv[1]?.endsWith("test/all/kubernetes.test.ts") ?? false;
const timeoutMs = isCluster ? CLUSTER_FILE_TIMEOUT_MS : FILE_TIMEOUT_MS;
setTimeout(() => {
  const open = process.getActiveResourcesInfo().join(", ");
  process.stderr.write(`${process.argv[1]} has not ended; still open: ${open}\n`);
  process.exit(1);
}, timeoutMs).unref();
