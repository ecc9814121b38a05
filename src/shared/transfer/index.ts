// How a file goes over a socket, the same at both ends.

export type { TransferFrame } from './frames.ts'
export { decodeTransferFrame, encodeTransferFrame, TRANSFER_PART_BYTES } from './frames.ts'
export { keepConnected, type TransferLink, type TransferLinkListener } from './keep-connected.ts'
export { createTransferReceiver, type TransferPart, type TransferReceiver } from './receiver.ts'
export { createTransferSender, type SourcePart, type TransferSender, type TransferSource } from './sender.ts'
export { cutZeros, isZero } from './zeros.ts'
