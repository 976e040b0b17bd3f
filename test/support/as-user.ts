// Before the command line of what is to run as another user, by number, in a test that root runs. It
// may read what root may, since the checkout may lie in a folder of root's; nothing else.

const MAY_READ = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"];

export function asUser(id: number): readonly string[] {
  const ids = [`--reuid=${id}`, `--regid=${id}`, "--clear-groups"];
  return ["setpriv", ...ids, "--no-new-privs", ...MAY_READ, "--"];
}
