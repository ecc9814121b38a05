import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { addLabHost } from '../e2e/add-lab-host.ts'
import { startServedApp } from '../e2e/served-app.ts'
import { startLab } from '../lab/lab.ts'
import type { Bench } from './bench.ts'

const HOSTS = 3
const SETTLE_MS = 5_000
const WATCH_MS = 30_000
/** Of Linux on all architectures that matter here (sysconf _SC_CLK_TCK). */
const TICKS_PER_SECOND = 100

/** Share of one core that the engine uses while nobody looks, with three hosts connected. */
export const benchAppIdle: Bench = async () => {
  const lab = await startLab({ hosts: HOSTS })
  const app = await startServedApp()
  try {
    for (const host of lab.hosts) await addLabHost(app, host)
    await wait(SETTLE_MS)
    const before = await cpuTicks(app.pid)
    await wait(WATCH_MS)
    const ticks = (await cpuTicks(app.pid)) - before
    const percent = (ticks / TICKS_PER_SECOND / (WATCH_MS / 1_000)) * 100
    return [
      {
        name: `idle engine with ${HOSTS} hosts, share of a core`,
        unit: '%',
        ours: percent,
        peer: null,
        ratio: null,
        target: '≤ 1 %',
        met: percent <= 1,
      },
    ]
  } finally {
    await app.stop()
    await lab.stop()
  }
}

/** User and system time of a process since its start, in ticks (proc(5), fields 14 and 15 of stat). */
async function cpuTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}
