import { waitFor } from './command.ts'
import type { LabHost } from './host.ts'

/** An image that QEMU's tools hold open on a host. */
export interface HeldImage {
  /** Closes it. */
  release(): Promise<void>
}

let held = 0

/**
 * Opens a qcow2 image for writing by qemu-io, which takes the locks that a running machine has, and keeps it open. (Of a raw one it lets others write.)
 * Throws where another has them.
 */
export async function holdImage(host: LabHost, image: string): Promise<HeldImage> {
  held += 1
  const file = `/run/held-image-${held}`
  const qemuIo = `sh -c 'echo $$ > ${file}.pid; exec qemu-io ${image}'`
  await host.exec(`((echo length; exec sleep 3600) | ${qemuIo} > ${file} 2>&1) > /dev/null 2>&1 < /dev/null &`)
  const look = `if grep -q '[0-9] .*i*B' ${file}; then echo held; elif [ -s ${file}.pid ] && ! kill -0 $(cat ${file}.pid); then cat ${file}; fi`
  const answer = await waitFor(`${image} is held on ${host.name}`, async () => {
    const { stdout } = await host.exec(look, { allowFailure: true })
    return stdout.trim() !== '' && stdout
  })
  if (!answer.startsWith('held')) throw new Error(answer)
  return {
    release: async () => {
      await host.exec(`kill $(cat ${file}.pid); while kill -0 $(cat ${file}.pid) 2>/dev/null; do sleep 0.05; done`)
    },
  }
}

/** Whether QEMU's tools get the write lock of an image on a host now. Throws what else keeps them from opening it. */
export async function canLockImage(host: LabHost, image: string): Promise<boolean> {
  const { code, stdout, stderr } = await host.exec(`qemu-io -c length ${image}`, {
    allowFailure: true,
    timeoutMs: 60_000,
  })
  if (code !== 0 && !`${stdout}${stderr}`.includes('" lock')) throw new Error(`${image}: ${stdout}${stderr}`)
  return code === 0
}
