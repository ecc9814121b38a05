import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { guestXml } from '../lab/guest-xml.ts'
import { type LinkBench, startLinkBench } from '../lab/host-link-bench.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { alternate, type Bench, type BenchResult, type Compared, measureMs } from './bench.ts'

const run = promisify(execFile)

const MIB = 1024 * 1024
const SIZE_MIB = 384
const ROUNDS = 3
const PATH = '/var/lib/bulk/disk.raw'
/** A change next door, now and then, while bytes are on their way. */
const CHANGE_EVERY_MS = 20
const XML = guestXml({ name: 'changing', boots: 'firmware' })

/** Milliseconds from asking a host for a change to its event in the engine, again and again while `work` runs. */
async function measureEvents({ registry, link }: LinkBench, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  let heard = Promise.withResolvers<void>()
  const stop = registry.onChange((change) => {
    if (change.kind === 'event') heard.resolve()
  })
  let isOver = false
  const over = work().finally(() => {
    isOver = true
  })
  // Should the host fail first, that is told, and not what follows from it.
  over.catch(() => undefined)
  while (!isOver) {
    heard = Promise.withResolvers()
    const startMs = performance.now()
    await Promise.all([link.control().call('DOMAIN_DEFINE_XML', { xml: XML }), heard.promise])
    times.push(performance.now() - startMs)
    await new Promise((resolve) => setTimeout(resolve, CHANGE_EVERY_MS))
  }
  stop()
  await over
  return times
}

function percentile95(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN
}

async function prepare(lab: Lab): Promise<void> {
  const { host } = lab
  await host.exec('mkdir -p /var/lib/bulk')
  await host.virsh(['pool-create-as', 'bulk', 'dir', '--target', '/var/lib/bulk'])
  await host.virsh(['vol-create-as', 'bulk', 'disk.raw', String(SIZE_MIB * MIB), '--format', 'raw'])
}

function compareRates(name: string, ms: Compared, target: number): BenchResult {
  const rate = (time: number): number => (SIZE_MIB / time) * 1_000
  const ratio = 1 / ms.oursToPeer
  const met = ratio >= target
  return { name, unit: 'MiB/s', ours: rate(ms.ours), peer: rate(ms.peer), ratio, target: `≥ ${target} ×`, met }
}

/** Uploads over the session for bulk data, against scp with the same cipher; and how quick events are meanwhile. */
export const benchBulk: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vd-bench-bulk-'))
  const lab = await startLab({ hosts: 1 })
  const bench = await startLinkBench(lab.host)
  try {
    await prepare(lab)
    await bench.link.whenLive(20_000)
    const { vol } = await bench.link.family('storage').call('STORAGE_VOL_LOOKUP_BY_PATH', { path: PATH })
    const part = randomBytes(MIB)
    const source = join(folder, 'source')
    const file = await open(source, 'w')
    for (let index = 0; index < SIZE_MIB; index += 1) await file.write(part)
    await file.close()

    const upload = async () => {
      const stream = await bench.link.bulk.openUpload({ vol, offset: 0n, length: 0n, flags: 0 })
      for (let index = 0; index < SIZE_MIB; index += 1) await stream.write(Buffer.from(part))
      await stream.finish()
    }
    const copy = async () => {
      const command = await bench.link.bulk.openCommand('cat > /var/lib/bulk/copied.raw')
      for (let index = 0; index < SIZE_MIB; index += 1) await command.input.write(Buffer.from(part))
      await command.input.finish()
      await command.ended
    }
    const settings = ['StrictHostKeyChecking=no', `UserKnownHostsFile=${join(folder, 'known')}`, 'Compression=no']
    const scp = () =>
      run('scp', [
        '-q',
        '-F',
        '/dev/null',
        '-i',
        lab.host.privateKeyPath,
        ...settings.flatMap((setting) => ['-o', setting]),
        '-o',
        'Ciphers=aes128-gcm@openssh.com',
        source,
        `${lab.host.user}@${lab.host.address}:/var/lib/bulk/scp.raw`,
      ])
    const copied = await alternate(
      ROUNDS,
      () => measureMs(copy),
      () => measureMs(scp),
    )
    const volume = await alternate(
      ROUNDS,
      () => measureMs(upload),
      () => measureMs(scp),
    )
    const quiet = percentile95(await measureEvents(bench, () => new Promise((resolve) => setTimeout(resolve, 3_000))))
    const busy = percentile95(await measureEvents(bench, upload))
    return [
      compareRates(`file of ${SIZE_MIB} MiB to a host, against scp`, copied, 0.5),
      compareRates('the same into a volume, by libvirtd, against scp', volume, 0.3),
      {
        name: 'event while that goes up, 95 of 100, against none going up',
        unit: 'ms',
        ours: busy,
        peer: quiet,
        ratio: busy / quiet,
        target: '≤ 100 ms',
        met: busy <= 100,
      },
    ]
  } finally {
    await bench.stop()
    await lab.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
