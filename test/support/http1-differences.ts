// Where Weft reads a request otherwise than Node's parser or Go's, and what decides it. "stricter":
// Weft refuses what the other reads, or a part of it; "laxer": the other way round. There is no
// class that both read, and read in different ways.

export type KnownDifference = {
  // A mutator of http1-mutators.ts.
  readonly name: string;
  readonly differences: readonly string[];
  readonly why: string;
};

const BOTH_STRICTER = ["node | stricter", "go | stricter"] as const;

export const KNOWN: readonly KnownDifference[] = [
  {
    name: "a bare LF between fields",
    differences: ["go | stricter"],
    why: "RFC 9112 §2.2: a recipient MAY take a bare LF for the end of a line. Two readers differ",
  },
  {
    name: "bare LF throughout",
    differences: ["go | stricter"],
    why: "RFC 9112 §2.2, as above",
  },
  {
    name: "an LF somewhere",
    differences: BOTH_STRICTER,
    why: "RFC 9112 §2.2, as above; Node passes over one in front of a request",
  },
  {
    name: "a folded field",
    differences: ["go | stricter"],
    why: "RFC 9112 §5.2: a proxy MUST refuse it or unfold it; we refuse",
  },
  {
    name: "two Content-Length, equal",
    differences: ["go | stricter"],
    why: "RFC 9112 §6.3, 5: may be refused or merged; a hop behind us may refuse or add them",
  },
  {
    name: "a Content-Length with a leading zero",
    differences: BOTH_STRICTER,
    why: "RFC 9110 §8.6 allows it; some read an octal number, and no honest peer sends it",
  },
  {
    name: "Content-Length beside chunked",
    differences: ["go | stricter"],
    why: "RFC 9112 §6.1: a server MAY refuse it; the one that it drops may be the next hop's",
  },
  {
    name: "a coding that isn't chunked",
    differences: ["node | stricter"],
    why: "RFC 9112 §6.1: 501 for a coding that isn't understood; Node reads an empty member as none",
  },
  {
    name: "two Host fields, equal",
    differences: ["node | stricter"],
    why: "RFC 9112 §3.2: a server MUST answer 400 to more than one Host",
  },
  {
    name: "two Host fields, different",
    differences: ["node | stricter"],
    why: "RFC 9112 §3.2, as above",
  },
  {
    name: "an empty host",
    differences: BOTH_STRICTER,
    why: "RFC 9112 §3.2 allows it only where a target has no authority; http always has one",
  },
  {
    name: "a host that is none",
    differences: BOTH_STRICTER,
    why: "RFC 9112 §3.2: a server MUST answer 400 to an invalid Host",
  },
  {
    name: "an unknown expectation",
    differences: ["node | stricter"],
    why: "RFC 9110 §10.1.1 allows 417, as Node answers; who takes it for 100-continue waits for us",
  },
  {
    name: "a Connection that is no list of names",
    differences: BOTH_STRICTER,
    why: "RFC 9110 §7.6.1: its members are tokens; what isn't one can't be taken out",
  },
  {
    name: "an extension",
    differences: ["node | laxer", "go | laxer"],
    why: "RFC 9112 §7.1.1: blanks before the semicolon are part of the grammar",
  },
  {
    name: "a blank behind a chunk size",
    differences: ["go | stricter"],
    why: "RFC 9112 §7.1: a size is followed by an extension or by CRLF, nothing else",
  },
  {
    name: "a trailer that states framing",
    differences: ["go | stricter"],
    why: "RFC 9110 §6.5.1: MUST NOT be sent; Go drops it",
  },
  {
    name: "a trailer that states identity",
    differences: BOTH_STRICTER,
    why: "RFC 9110 §6.5.1: MUST NOT be sent; a hop that merges trailers would believe it",
  },
  {
    name: "HTTP/1.0",
    differences: ["node | laxer"],
    why: "RFC 9112 §9.3: the connection ends, what follows is not read; Node drops its answer for it",
  },
  {
    name: "another version",
    differences: ["go | stricter"],
    why: "RFC 9110 §2.5: a minor version that nobody has defined; 505 is allowed",
  },
  {
    name: "a method that nobody knows",
    differences: ["node | laxer"],
    why: "RFC 9110 §9.1: a method is any token; a proxy passes it on",
  },
  {
    name: "a method in lower case",
    differences: ["node | laxer"],
    why: "RFC 9110 §9.1, as above: a method is case-sensitive, and this is another one than GET",
  },
  {
    name: "a target that differs from Host",
    differences: BOTH_STRICTER,
    why: "RFC 9112 §3.2.2: the target wins; we refuse, since a hop may believe Host",
  },
  {
    name: "a fragment in a target",
    differences: BOTH_STRICTER,
    why: "RFC 9112 §3.2: no form of a target has a fragment (CVE-2021-39156)",
  },
  {
    name: "a broken escape in a target",
    differences: ["go | laxer"],
    why: "RFC 3986 §2.1 forbids it, browsers send it; a proxy passes it on as it is",
  },
  {
    name: "a byte above ASCII in a target",
    differences: ["go | stricter"],
    why: "RFC 3986 §2: a target is ASCII",
  },
  {
    name: "an asterisk for GET",
    differences: BOTH_STRICTER,
    why: "RFC 9112 §3.2.4: only OPTIONS has it",
  },
  {
    name: "an empty line before",
    differences: ["go | laxer"],
    why: "RFC 9112 §2.2: a server SHOULD pass over at least one",
  },
  {
    name: "two empty lines before",
    differences: ["node | stricter"],
    why: "RFC 9112 §2.2: at least one; we take no more",
  },
  {
    name: "two blanks in the request line",
    differences: ["node | stricter"],
    why: "RFC 9112 §3: single spaces; a reader MAY take more",
  },
  {
    name: "a blank somewhere",
    differences: BOTH_STRICTER,
    why: "RFC 9112 §3 and §5.2 (a folded field), as above",
  },
  {
    name: "a CR somewhere",
    differences: ["node | stricter"],
    why: "RFC 9112 §2.2: a bare CR makes a message invalid; Node passes over one in front of it",
  },
  {
    name: "a CRLF somewhere",
    differences: ["node | laxer", "go | laxer", "go | stricter"],
    why: "§2.2 and §5.2, as above; Node drops its answer when what follows is no request",
  },
  {
    name: "a colon somewhere",
    differences: [...BOTH_STRICTER, "go | laxer"],
    why: "RFC 9112 §3.2, an invalid Host, and a broken escape in a target, as above",
  },
  {
    name: "a slash somewhere",
    differences: ["node | stricter", "go | laxer"],
    why: "RFC 9112 §3.2, an invalid Host, and a broken escape in a target, as above",
  },
  {
    name: "a byte above ASCII somewhere",
    differences: BOTH_STRICTER,
    why: "RFC 3986 §2: neither a host nor a target has one",
  },
];
