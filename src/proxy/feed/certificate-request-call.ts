// One question to the control plane on a stream of its own: sign this key for me. Undefined where
// the connection broke before there was an answer.

import type { UpstreamConnection } from "#proxy/exchange/exchange.ts";
import { encodeMessage } from "#snapshot/message-frames.ts";
import {
  type CertificateAnswer,
  type CertificateRequest,
  CONTROL_PATHS,
} from "#snapshot/messages.ts";
import { controlRequest } from "./control-link.ts";
import { MessageEvents } from "./message-events.ts";

export function askForCertificate(
  connection: UpstreamConnection,
  request: CertificateRequest,
): Promise<CertificateAnswer | undefined> {
  return new Promise((resolve) => {
    const stream = connection.open(
      controlRequest(CONTROL_PATHS.certificate),
      new MessageEvents({
        opened() {},
        message: (message) => resolve(message as CertificateAnswer),
        drained() {},
        over: () => resolve(undefined),
      }),
    );
    stream.write(encodeMessage(request));
    stream.end();
  });
}
