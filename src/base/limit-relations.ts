// How limits hang together: for the defaults, when limits.ts loads, and for what documents set.

import type { AllLimits } from "./limits.ts";

export type LimitRelation = {
  // As one reads it; every name in it is a limit's.
  readonly says: string;
  readonly why: string;
  readonly holds: (limits: AllLimits) => boolean;
};

export const LIMIT_RELATIONS: readonly LimitRelation[] = [
  {
    says: "requestTargetBytesMax < headBytesMax",
    why: "a target is a part of a head",
    holds: (limits) => limits.requestTargetBytesMax < limits.headBytesMax,
  },
  {
    says: "headBytesMax + 32 * headersMax <= headerListBytesMax",
    why: "what came over HTTP/1 must fit over HTTP/2, where each field counts 32 bytes more",
    holds: ({ headBytesMax, headersMax, headerListBytesMax }) =>
      headBytesMax + 32 * headersMax <= headerListBytesMax,
  },
  {
    says: "headerListBytesMax <= headerBlockBytesMax",
    why: "a head that is allowed may come uncompressed",
    holds: (limits) => limits.headerListBytesMax <= limits.headerBlockBytesMax,
  },
  {
    says: "headerListBytesMax <= headerBombBytes",
    why: "a head that is only too large is answered, not taken for an attack",
    holds: (limits) => limits.headerListBytesMax <= limits.headerBombBytes,
  },
  {
    says: "headerListBytesMax <= (continuationsMax + 1) * frameBytesMax",
    why: "a head that is allowed must fit into its frames",
    holds: ({ headerListBytesMax, continuationsMax, frameBytesMax }) =>
      headerListBytesMax <= (continuationsMax + 1) * frameBytesMax,
  },
  {
    says: "clientHelloBytesMax <= sniffBytesMax",
    why: "what is parsed must be read",
    holds: (limits) => limits.clientHelloBytesMax <= limits.sniffBytesMax,
  },
  {
    says: "proxyHeaderBytesMax <= sniffBytesMax",
    why: "what is parsed must be read",
    holds: (limits) => limits.proxyHeaderBytesMax <= limits.sniffBytesMax,
  },
  {
    says: "writeAheadBytes + readBufferBytes <= writeBulkBytes",
    why: "what is read at once must fit behind what waits",
    holds: ({ writeAheadBytes, readBufferBytes, writeBulkBytes }) =>
      writeAheadBytes + readBufferBytes <= writeBulkBytes,
  },
  {
    says: "writerTurnBytes <= writeBlockBytes",
    why: "a turn fills one block",
    holds: (limits) => limits.writerTurnBytes <= limits.writeBlockBytes,
  },
  {
    says: "frameBytesMax <= streamWindowBytes",
    why: "a window must admit a frame",
    holds: (limits) => limits.frameBytesMax <= limits.streamWindowBytes,
  },
  {
    says: "streamWindowBytes <= streamWindowGrownBytes",
    why: "windows grow",
    holds: (limits) => limits.streamWindowBytes <= limits.streamWindowGrownBytes,
  },
  {
    says: "streamWindowBytes <= outsideWindowBytes",
    why: "a stream's window must fit into its connection's",
    holds: (limits) => limits.streamWindowBytes <= limits.outsideWindowBytes,
  },
  {
    says: "streamsPerConnectionMax * streamWindowBytes <= connectionWindowBytes",
    why: "unread streams must not stall their neighbours",
    holds: ({ streamsPerConnectionMax, streamWindowBytes, connectionWindowBytes }) =>
      streamsPerConnectionMax * streamWindowBytes <= connectionWindowBytes,
  },
  {
    says: "streamsPerConnectionMax * streamWindowBytes <= connectionBuffersBytesMax",
    why: "an honest peer's unread streams must fit",
    holds: ({ streamsPerConnectionMax, streamWindowBytes, connectionBuffersBytesMax }) =>
      streamsPerConnectionMax * streamWindowBytes <= connectionBuffersBytesMax,
  },
  {
    says: "2 * connectionBuffersBytesMax <= streamBuffersBytesMax",
    why: "one connection must not spend the buffers of all",
    holds: (limits) => 2 * limits.connectionBuffersBytesMax <= limits.streamBuffersBytesMax,
  },
  {
    says: "streamsPerConnectionMax <= resetsBurst",
    why: "all may be cancelled at once",
    holds: (limits) => limits.streamsPerConnectionMax <= limits.resetsBurst,
  },
  {
    says: "outsideStreamsMax <= streamsPerConnectionMax",
    why: "outsiders get no more",
    holds: (limits) => limits.outsideStreamsMax <= limits.streamsPerConnectionMax,
  },
  {
    says: "drainPatienceMs < drainGraceMs",
    why: "patience leaves time to end",
    holds: (limits) => limits.drainPatienceMs < limits.drainGraceMs,
  },
  {
    says: "connectTimeoutMs < planWaitMs",
    why: "a plan may need a new control connection",
    holds: (limits) => limits.connectTimeoutMs < limits.planWaitMs,
  },
  {
    says: "applicationGraceMs + 2 * sidecarGraceMs < 10000",
    why: "`weft up` ends in ten seconds: applications, then sidecars, then the control plane",
    holds: (limits) => limits.applicationGraceMs + 2 * limits.sidecarGraceMs < 10_000,
  },
];
