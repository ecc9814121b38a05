import type { LibvirtConnection } from '../../src/main/libvirt/index.ts'
import { startDaemon } from '../libvirt/daemon.ts'
import { alternate, type Bench, type BenchResult, type Compared, measureMs } from './bench.ts'
import { startPeer } from './libvirt-peer.ts'

const CALLS = 1_000
const ROUNDS = 21
const IN_FLIGHT = 4

async function callInSequence(connection: LibvirtConnection, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await connection.call('CONNECT_GET_LIB_VERSION', {})
}

/** Calls per second over a unix socket: one after the other, and four in flight, against the C client's one by one. */
export const benchLibvirtCalls: Bench = async () => {
  const daemon = await startDaemon()
  try {
    const connection = await daemon.open()
    const peer = await startPeer(`test+unix:///default?socket=${daemon.socketPath}`)
    const one = await alternate(
      ROUNDS,
      () => measureMs(() => callInSequence(connection, CALLS)),
      () => peer.run('sequential', CALLS),
    )
    const share = CALLS / IN_FLIGHT
    const four = await alternate(
      ROUNDS,
      () => measureMs(() => Promise.all(Array.from({ length: IN_FLIGHT }, () => callInSequence(connection, share)))),
      () => peer.run('sequential', CALLS),
    )
    await peer.stop()
    await connection.close()
    return [
      rate('libvirt calls, unix socket, one by one', one, null),
      rate('libvirt calls, unix socket, four in flight', four, 1.5),
    ]
  } finally {
    await daemon.stop()
  }
}

/** A row of calls per second from the times of `CALLS` calls. */
function rate(name: string, ms: Compared, target: number | null): BenchResult {
  const perSecond = (time: number): number => (CALLS / time) * 1_000
  const ratio = 1 / ms.oursToPeer
  return {
    name,
    unit: 'calls/s',
    ours: perSecond(ms.ours),
    peer: perSecond(ms.peer),
    ratio,
    target: target === null ? '—' : `≥ ${target} ×`,
    met: target === null || ratio >= target,
  }
}
