// Every limit of the data plane and the control plane, by name. Which of them documents may set is
// in settable-limits.ts; how they hang together is in limit-relations.ts, and asserted when this
// module loads. docs/reference/limits.md explains each.

import assert from "node:assert/strict";
import { LIMIT_RELATIONS } from "./limit-relations.ts";
import { REPORT_LIMITS } from "./report-limits.ts";
import type { SETTABLE } from "./settable-limits.ts";
import { TAP_LIMITS } from "./tap-limits.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

const TABLE = {
  // heads
  headBytesMax: 32 * KiB,
  headersMax: 100,
  requestTargetBytesMax: 16 * KiB,
  chunkExtensionBytesMax: 256,
  trailersBytesMax: 8 * KiB,
  queryParametersMax: 100, // that routing looks at
  patternLengthMax: 1_024, // characters of a regular expression in a document
  patternProgramMax: 1_000, // instructions that it becomes
  patternTextMax: 4 * KiB, // longer text matches none
  expressionLengthMax: 1_024, // characters of an expression in a document
  expressionDepthMax: 32, // of its parentheses and negations
  replyBodyBytesMax: 64 * KiB, // of an answer that a document writes
  // buffers
  readBufferBytes: 64 * KiB,
  writeBlockBytes: 16 * KiB,
  writeBlocksPooled: 64,
  writeBulkBytes: 128 * KiB,
  writeBulksPooled: 8,
  writeAheadBytes: 64 * KiB, // while the write before is under way
  writeHighWaterBytes: 64 * KiB,
  // HTTP/1
  pipelinedMax: 16,
  connectionOptionsMax: 16,
  informsMax: 16,
  chunkOverheadBytesMax: 16 * KiB,
  requestBytesDroppedMax: 64 * KiB,
  // HTTP/2
  streamsPerConnectionMax: 250,
  streamWindowBytes: 64 * KiB,
  streamWindowGrownBytes: 1 * MiB,
  frameBytesMax: 16 * KiB,
  // Large enough for what came over HTTP/1: each field counts 32 bytes more here.
  headerListBytesMax: 48 * KiB,
  headerBlockBytesMax: 128 * KiB,
  headerBombBytes: 256 * KiB,
  hpackTableBytes: 4 * KiB,
  hpackNamesMax: 256,
  hpackNameBytesMax: 128,
  hpackValuesPerNameMax: 16,
  continuationsMax: 8,
  controlFramesQueuedMax: 1000,
  controlFramesBurst: 1000,
  controlFramesPerSecond: 100,
  controlFramesPerData: 10,
  settingsPerFrameMax: 64,
  closedStreamsRemembered: 128,
  connectionWindowBytes: 16 * MiB,
  pingAfterMs: 15_000,
  pingTimeoutMs: 5_000,
  resetsBurst: 250,
  resetsPerSecond: 33,
  emptyFramesInARowMax: 1,
  writerTurnBytes: 16 * KiB,
  streamBuffersBytesMax: 32 * MiB, // in one process
  connectionBuffersBytesMax: 16 * MiB,
  // from peers outside the mesh
  outsideStreamsMax: 100,
  outsideStreamsTotalMax: 100_000,
  outsideWindowBytes: 1 * MiB,
  gatewayConnectionsMax: 8192,
  underscoredNamesMax: 0,
  // time
  headTimeoutMs: 10_000,
  requestTimeoutMs: 300_000,
  requestTimeoutBytesMin: 64 * KiB,
  streamIdleMs: 300_000,
  tunnelIdleMs: 3_600_000,
  tunnelHalfClosedIdleMs: 60_000,
  lingerMs: 1_000,
  goAwaySettleMs: 50,
  connectTimeoutMs: 1_000,
  downstreamIdleMs: 300_000,
  downstreamLifeMs: 3_600_000,
  upstreamIdleMs: 60_000,
  applicationIdleMs: 4_000,
  connectionLifeMs: 3_600_000,
  drainGraceMs: 10_000,
  drainPatienceMs: 2_000,
  endpointPropagationMs: 3_000,
  replacementMs: 5_000,
  rulesProvenMs: 10_000, // from one proof that interception works to the next
  rulesMissingMs: 500, // as long as it doesn't
  planWaitMs: 2_000,
  // A backend that has just lost its last endpoint is most likely restarting.
  endpointWaitMs: 3_000,
  // overload: shares of the heap, the memory, the descriptors or loopDelayMaxMs that are in use
  overloadIdleRatio: 0.85,
  overloadKeepAliveRatio: 0.92,
  overloadRefuseRatio: 0.95,
  overloadCloseRatio: 0.98,
  overloadReliefRatio: 0.03,
  overloadAlertRatio: 0.7,
  overloadSampleMs: 250,
  overloadAlertMs: 25,
  overloadIdleMs: 5_000,
  overloadLogMs: 1_000,
  loopDelayMaxMs: 1_000,
  downstreamDescriptorsRatio: 0.8,
  descriptorsReserved: 64,
  handshakeDescriptorsRatio: 0.1,
  // retries
  attemptsMax: 10,
  connectPatienceMs: 2_500,
  retryBudgetRatio: 0.2,
  retriesPerSecond: 10,
  retriesSavedMax: 100,
  bodyCopyBytesMax: 64 * KiB, // of one request, for a retry or a mirror
  bodyCopiesBytesMax: 16 * MiB,
  // mirrors
  mirrorsMax: 256,
  mirrorTimeoutMs: 15_000,
  mirrorSeriesMax: 1_000,
  // pools
  http1ConnectionsPerEndpointMax: 1024,
  requestsWaitingPerEndpointMax: 1024,
  meshConnectionsPerEndpointMax: 8,
  tunnelsPerConnection: 16,
  tunnelConnectionsPerEndpointMax: 64,
  hashTableSlotsMax: 262_144,
  // detection: what a connection says first
  sniffBytesMax: 16 * KiB,
  sniffTimeoutMs: 5_000,
  sniffQuietMs: 100,
  lessonsMax: 1024,
  lessonLifeMs: 600_000,
  undeclaredPortsMax: 256, // of one application
  refusalLogMs: 1_000,
  methodBytesMax: 32,
  clientHelloBytesMax: 16 * KiB,
  clientHelloRecordsMax: 64,
  alpnNamesMax: 64,
  serverNameBytesMax: 255,
  proxyHeaderBytesMax: 4 * KiB,
  // control stream
  plansHeldMax: 4096,
  keysPerSecondMax: 50,
  updateAnswerMs: 30_000,
  destinationKeyMax: 260, // characters: a host name of 253, a colon, a port, a dot
  planIdleMs: 600_000,
  controlMessageBytesMax: 8 * MiB,
  controlBacklogBytesMax: 32 * MiB, // that one proxy hasn't read
  controlConnectionsMax: 20_000, // of proxies, at one control plane
  requestsAwaitingPlanMax: 1024,
  seriesMax: 2000,
  seriesIdleMs: 600_000,
  outcomesPerSeriesMax: 32,
  probesOpenMax: 32, // of the kubelet, under way in one proxy
  exemplarsPerSecond: 32,
  exemplarLooksPerSecond: 512,
  spansToldMax: 256, // in one report
  tracesRemembered: 1_024, // of the requests that a workload was sent
  accessLogBlockBytes: 512 * KiB,
  accessLogBlocksMax: 8,
  accessLogFlushMs: 50,
  accessLogTextMax: 2_048, // characters
  scrapesMax: 4,
  ...TAP_LIMITS,
  requestsToldMax: 32, // of those that went well, and as many of the others; in one report
  requestToldBytesMax: 4 * KiB,
  endpointsToldMax: 100,
  // names outside the mesh, in the control plane
  resolvedNamesMax: 1_000,
  resolvedAddressesMax: 64, // of one name
  resolutionsMax: 4, // under way
  resolveEveryMs: 30_000,
  resolveAgainMs: 1_000, // after a failure, then twice as long each time
  ...REPORT_LIMITS,
  // admin API
  adminBodyBytesMax: 64 * KiB,
  adminConnectionsMax: 256,
  adminHeadTimeoutMs: 5_000,
  adminRequestTimeoutMs: 15_000,
  adminListenersMax: 32,
  adminListenerStallMs: 30_000,
  adminViewMs: 1_000,
  adminViewHeadsMax: 20_000, // of edges, of routes, of workloads
  adminAnswerBytesMax: 64 * MiB,
  loginCodesMax: 16,
  loginCodeLifeMs: 60_000,
  sessionLifeMs: 43_200_000,
  dashboardFilesMax: 200,
  dashboardBytesMax: 16 * MiB,
  // one machine: `weft up` and `weft run`
  supervisorLineBytesMax: 8 * MiB,
  logFileBytesMax: 5 * MiB,
  logLinesRemembered: 10,
  logLineBytesRemembered: 400,
  restartFirstMs: 100,
  restartMostMs: 10_000,
  healthyAfterMs: 30_000,
  controlReadyMs: 15_000,
  gatewayReadyMs: 15_000,
  applicationGraceMs: 5_000,
  sidecarGraceMs: 2_000,
  // identity
  certificateRequestBytesMax: 8 * KiB,
  certificateChainMax: 4,
  joinTokenLifeMs: 600_000,
  joinTokensMax: 1024,
  handshakesMax: 256,
  tlsContextsMax: 256,
  meshConnectionsMax: 8192,
  certificateBackdateMs: 60_000,
  renewalFloorMs: 1_000,
  // documents
  documentBytesMax: 1 * MiB,
  matchesComparedMax: 2_000,
  documentsMax: 10_000,
  changesKeptMax: 50, // that can be rolled back
  changesKeptBytesMax: 16 * MiB,
  unmeshedToldMax: 200, // workloads without a proxy
  changesToldMax: 20, // that are shown as the latest
  changeObjectsToldMax: 12, // of one of these
  changeFilesMax: 100, // of one change
  changeBytesMax: 8 * MiB,
  changeForMaxMs: 86_400_000, // that ends by itself
  applyWaitMs: 10_000, // for proxies to acknowledge a change
  documentDepthMax: 64,
  documentValuesMax: 200_000,
  documentFolderDepthMax: 16,
  documentQuietMs: 50,
  documentWaitMs: 500,
  documentPollMs: 1_000,
  manifestBytesMax: 32 * MiB, // that `weft inject` reads
  // a cluster's API server
  apiPageObjects: 500,
  apiPageDefinitions: 25, // they are large
  apiAnswerBytesMax: 64 * MiB,
  apiObjectBytesMax: 8 * MiB, // of one object, as a watch tells it
  apiRequestTimeoutMs: 30_000,
  apiBusyWaitMaxMs: 5_000, // that it may ask for when it is too busy
  apiWatchLifeMs: 300_000, // up to twice as long, so that not all end at once
  apiWatchIdleMs: 180_000, // bookmarks come every minute
  webSocketMessageBytesMax: 1 * MiB,
  podCommandOutputBytesMax: 1 * MiB, // more of it is left out
  podCommandTimeoutMs: 30_000,
  apiPauseFirstMs: 500, // after a failure, then twice as long each time
  apiPauseMostMs: 30_000,
  apiWritesMax: 4, // under way, of one kind
  clusterObjectsMax: 50_000, // of one kind
  clusterQuietMs: 10,
  clusterBatchMs: 100,
  leaseMs: 15_000,
  leaseRenewMs: 10_000,
  leaseRetryMs: 2_000,
  serviceAccountTokenBytesMax: 16 * KiB,
  statusEveryMs: 1_000,
  statusLookMs: 600_000,
  controlDrainMs: 2_000,
  tokenReviewsMax: 64, // under way
  tokenReviewKeptMs: 10_000,
  joinRefusalsSaidMs: 1_000,
  tokenReviewsKept: 1_024,
  // the injector's webhook
  webhookBodyBytesMax: 4 * MiB,
  webhookRequestTimeoutMs: 8_000,
  webhookConnectionsMax: 256,
  webhookCertificateLifeMs: 86_400_000,
  webhookLookupsMax: 16, // of namespaces that no watch has told of, under way
  webhookMissMs: 1_000,
  webhookMissesMax: 1_000,
} as const;

// A literal of that many properties is a table of hashes to V8, and each read of it a look-up, on
// the path of every request; its copy is an object like any other.
export const LIMITS: typeof TABLE = { ...TABLE };

export type AllLimits = { readonly [Name in keyof typeof LIMITS]: number };

export type LimitName = keyof typeof SETTABLE;

export type Limits = Pick<AllLimits, LimitName>;

// What documents set, beside the defaults.
export type LimitPair = readonly [name: LimitName, value: number];

for (const { says, why, holds } of LIMIT_RELATIONS) assert.ok(holds(LIMITS), `${says}: ${why}`);
