import type { XdrWriter } from '../xdr/writer.ts'

/** Length word and six header words. */
export const HEADER_BYTES = 28

/** Largest packet, length word included (`VIR_NET_MESSAGE_MAX` and `VIR_NET_MESSAGE_LEN_MAX`). */
export const PACKET_MAX_BYTES = 33_554_432 + 4

/** `virNetMessageType`. */
export const packetType = {
  call: 0,
  reply: 1,
  message: 2,
  stream: 3,
  callWithFiles: 4,
  replyWithFiles: 5,
  streamHole: 6,
} as const

/** `virNetMessageStatus`. */
export const packetStatus = { ok: 0, error: 1, continue: 2 } as const

export interface PacketHeader {
  program: number
  version: number
  procedure: number
  type: number
  serial: number
  status: number
}

/** Starts a packet; returns the position that `endPacket` needs. The length is filled in there. */
export function beginPacket(writer: XdrWriter, header: Readonly<PacketHeader>): number {
  const position = writer.length
  writer.uint(0)
  writer.uint(header.program)
  writer.uint(header.version)
  writer.uint(header.procedure)
  writer.uint(header.type)
  writer.uint(header.serial)
  writer.uint(header.status)
  return position
}

/** Completes the packet that began at `position`. `extraBytes` follow outside of the writer. */
export function endPacket(writer: XdrWriter, position: number, extraBytes = 0): void {
  writer.patchUint(position, writer.length - position + extraBytes)
}
