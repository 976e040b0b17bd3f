// Hot path.
//
// What RFC 9113 §6 says of each frame type's stream and size. An error here is one of the
// connection: also where the RFC would be content with the stream's, because no honest peer makes
// such a frame.

import { ERROR, type ErrorCode, FLAG, FRAME } from "./frame-types.ts";

// ERROR.none: it may be read.
export function frameFault(type: number, flags: number, id: number, length: number): ErrorCode {
  switch (type) {
    case FRAME.data:
    case FRAME.headers:
    case FRAME.continuation:
      return id === 0 ? ERROR.protocol : ERROR.none;
    case FRAME.priority:
      return id === 0 ? ERROR.protocol : sized(length === 5);
    case FRAME.reset:
      return id === 0 ? ERROR.protocol : sized(length === 4);
    case FRAME.settings:
      if (id !== 0) return ERROR.protocol;
      return sized((flags & FLAG.ack) !== 0 ? length === 0 : length % 6 === 0);
    case FRAME.pushPromise:
      // We said in our SETTINGS that we take none, and nobody may push to who answers.
      return ERROR.protocol;
    case FRAME.ping:
      return id !== 0 ? ERROR.protocol : sized(length === 8);
    case FRAME.goAway:
      return id !== 0 ? ERROR.protocol : sized(length >= 8);
    case FRAME.windowUpdate:
      return sized(length === 4);
    default:
      return ERROR.none;
  }
}

function sized(isRight: boolean): ErrorCode {
  return isRight ? ERROR.none : ERROR.frameSize;
}
