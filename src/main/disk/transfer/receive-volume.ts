import type { AppError } from '../../../shared/errors/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { decideImage, readImageHeader } from '../formats/index.ts'
import { type IncomingOptions, incomingParts, readHead } from './incoming-parts.ts'
import type { Volume } from './send-volume.ts'
import { withPatience } from './with-patience.ts'

/** VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM. */
const SPARSE = 1
const ZEROS_BYTES = 1024 * 1024

export interface ReceiveVolumeRequest extends IncomingOptions {
  readonly host: () => HostLink
  readonly vol: Volume
  /** Where nothing was written there is nothing: not so in a device, which has what was there before. */
  readonly keepsHoles: boolean
  readonly monotonicMs: () => number
  /** The host is gone, and waited for. */
  readonly onPaused: (error: AppError) => void
}

/**
 * Takes bytes from a client and has libvirt write them into a volume, as they are. A client that is gone is waited for, and asked for what comes
 * next; when the host is gone it is waited for, and the volume written from its beginning, as libvirt says of nothing that it is on disk.
 * An image that names other files of the host is refused before anything is written. Errors: disk.image-…, disk.size-differs,
 * disk.checksum-differs, those of libvirt and of the link's bulk data.
 */
export async function receiveVolume(request: ReceiveVolumeRequest): Promise<void> {
  const { host, vol, keepsHoles, fileName, sizeBytes, signal, monotonicMs, onPaused } = request
  await withPatience({ host, signal, monotonicMs, onPaused }, async () => {
    const verdict = readImageHeader(await readHead(incomingParts({ ...request, sha256: undefined }, 0)))
    // What QEMU does not open, nobody is led anywhere by.
    if (verdict.kind === 'image' || verdict.kind === 'damaged') {
      const refusal = decideImage(verdict, { fileName, fileBytes: sizeBytes })
      if (refusal !== null) throw refusal
    }
    const stream = await host().bulk.openUpload(
      { vol, offset: 0n, length: 0n, flags: keepsHoles ? SPARSE : 0 },
      // A client may pause for as long as it likes.
      { idleTimeoutMs: 0, signal },
    )
    try {
      for await (const part of incomingParts(request, 0)) {
        if ('data' in part) await stream.write(part.data)
        else if (keepsHoles) await stream.hole(BigInt(part.holeBytes))
        else {
          for (let left = part.holeBytes; left > 0; left -= ZEROS_BYTES)
            // What is written changes its owner on the way.
            await stream.write(new Uint8Array(Math.min(left, ZEROS_BYTES)))
        }
      }
      await stream.finish()
    } catch (error) {
      await stream.abort()
      throw error
    }
  })
}
