import { type LibvirtConnection, typedParametersToObject } from '../../src/main/libvirt/index.ts'
import { startDaemon } from '../libvirt/daemon.ts'
import { testNodeXml } from '../libvirt/test-driver.ts'
import { alternate, type Bench, type BenchResult, type Compared, measureMs } from './bench.ts'
import { startPeer } from './libvirt-peer.ts'

const DOMAINS = 1_000
const STATS_ROUNDS = 25
const DEFINITIONS_ROUNDS = 11

/** Statistics of all domains in one call, each as an object by name, as the C client's binding gives them. */
async function readStats(connection: LibvirtConnection): Promise<void> {
  const { retStats } = await connection.call('CONNECT_GET_ALL_DOMAIN_STATS', { doms: [], stats: 0, flags: 0 })
  const stats = retStats.map((record) => typedParametersToObject(record.params))
  if (stats.length !== DOMAINS) throw new Error(`${stats.length} statistics`)
}

async function readDefinitions(connection: LibvirtConnection): Promise<void> {
  const { domains } = await connection.call('CONNECT_LIST_ALL_DOMAINS', { need_results: 1, flags: 0 })
  const replies = await Promise.all(domains.map((dom) => connection.call('DOMAIN_GET_XML_DESC', { dom, flags: 0 })))
  if (!replies.every((reply) => reply.xml.endsWith('</domain>\n'))) throw new Error('incomplete definitions')
}

/** Statistics and definitions of a thousand domains of the test driver. */
export const benchLibvirtBulk: Bench = async () => {
  const daemon = await startDaemon()
  try {
    const path = await daemon.write('thousand.xml', testNodeXml(DOMAINS))
    const connection = await daemon.open({ uri: `test://${path}` })
    const peer = await startPeer(`test+unix://${path}?socket=${daemon.socketPath}`)
    const stats = await alternate(
      STATS_ROUNDS,
      () => measureMs(() => readStats(connection)),
      () => peer.run('stats'),
    )
    const definitions = await alternate(
      DEFINITIONS_ROUNDS,
      () => measureMs(() => readDefinitions(connection)),
      () => peer.run('definitions'),
    )
    await peer.stop()
    await connection.close()
    return [
      time(`statistics of ${DOMAINS} domains`, stats, 0.8),
      time(`definitions of ${DOMAINS} domains`, definitions, 0.7),
    ]
  } finally {
    await daemon.stop()
  }
}

function time(name: string, ms: Compared, target: number): BenchResult {
  const ratio = ms.oursToPeer
  return { name, unit: 'ms', ours: ms.ours, peer: ms.peer, ratio, target: `≤ ${target} ×`, met: ratio <= target }
}
