import type { TransferSource } from '../../../../shared/transfer/index.ts'

/** Read at once: large enough to be quick, small enough that a pause is one. */
const READ_BYTES = 4 * 1024 * 1024

/** A file that a person chose, to be sent from anywhere on. `read` is told up to where it was read. */
export function createFileSource(file: Blob, read: (position: number) => void): TransferSource {
  return {
    async *open(offset, signal) {
      for (let position = offset; position < file.size && !signal.aborted; ) {
        const data = new Uint8Array(await file.slice(position, position + READ_BYTES).arrayBuffer())
        yield { data }
        position += data.length
        read(position)
      }
    },
  }
}
