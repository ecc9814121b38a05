import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { HEAD_BYTES } from '../../../../../src/main/disk/formats/index.ts'

export const runFile = promisify(execFile)

/** A folder that goes with the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vd-image-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** What an upload sees first of a file. */
export async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Has QEMU make an image; its first bytes. */
export async function makeImage(format: string, options: string[] = [], size = '10M'): Promise<Uint8Array> {
  const path = join(await makeFolder(), 'image')
  await runFile('qemu-img', ['create', '-q', '-f', format, ...options, path, ...(size === '' ? [] : [size])])
  return readHead(path)
}
