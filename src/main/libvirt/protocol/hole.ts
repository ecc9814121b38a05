import type { XdrReader } from '../xdr/reader.ts'
import type { XdrWriter } from '../xdr/writer.ts'
import type { CodecPair } from './procedure.ts'

/** `virNetStreamHole`: a run of zeros that is not sent. */
export interface StreamHole {
  readonly length: bigint
  readonly flags: number
}

export const streamHoleCodec: CodecPair<StreamHole> = {
  encode(writer: XdrWriter, hole: StreamHole): void {
    writer.hyper(hole.length)
    writer.uint(hole.flags)
  },
  decode(reader: XdrReader): StreamHole {
    return { length: reader.hyper(), flags: reader.uint() }
  },
}
