import { spawn } from 'node:child_process'
import type { Page } from '@playwright/test'
import { addLabHost } from '../e2e/add-lab-host.ts'
import { startServedApp } from '../e2e/served-app.ts'
import { guestXml } from '../lab/guest-xml.ts'
import type { LabHost } from '../lab/host.ts'
import { startLab } from '../lab/lab.ts'
import type { Bench } from './bench.ts'
import { startBrowser } from './browser.ts'

const CHANGES = 60
const LIMIT_MS = 100

/** From a line typed into a running virsh on the host to the changed word in the page's tree: 95th percentile. */
export const benchAppChanges: Bench = async () => {
  const lab = await startLab({ hosts: 1 })
  const app = await startServedApp()
  const browser = await startBrowser()
  try {
    await lab.host.defineVm(guestXml({ name: 'web-01', boots: 'firmware' }))
    await lab.host.virsh(['start', 'web-01'])
    await addLabHost(app, lab.host)
    const page = await browser.newPage()
    await page.goto(app.url)
    await page.getByRole('treeitem', { name: 'web-01' }).waitFor()
    const virsh = startVirsh(lab.host)
    const times: number[] = []
    for (let index = 0; index < CHANGES; index += 1) {
      const [verb, word] = index % 2 === 0 ? ['suspend', 'Paused'] : ['resume', 'Up']
      const seen = timeOfWord(page, 'web-01', word)
      await page.evaluate(() => undefined)
      const typedAt = Date.now()
      virsh.type(`${verb} web-01`)
      times.push((await seen) - typedAt)
    }
    virsh.end()
    const p95 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN
    return [
      {
        name: 'virsh next door → page changed, 95th percentile',
        unit: 'ms',
        ours: p95,
        peer: null,
        ratio: null,
        target: `≤ ${LIMIT_MS} ms`,
        met: p95 <= LIMIT_MS,
      },
    ]
  } finally {
    await browser.close()
    await app.stop()
    await lab.stop()
  }
}

/** A virsh that is connected already, so that its start is not measured. */
function startVirsh(host: LabHost): { type(line: string): void; end(): void } {
  const arguments_ = ['-t', String(host.initPid), '-m', '-u', '-p', '-n', '--', 'virsh', '-q', '-c', 'qemu:///system']
  const child = spawn('nsenter', arguments_, { stdio: ['pipe', 'ignore', 'inherit'] })
  return {
    type: (line) => child.stdin.write(`${line}\n`),
    end: () => child.stdin.end('quit\n'),
  }
}

/** When (milliseconds since the epoch) the machine's row of the tree says `word`. */
function timeOfWord(page: Page, machine: string, word: string): Promise<number> {
  return page.evaluate(
    ([name, expected]) =>
      new Promise<number>((resolve) => {
        const row = [...document.querySelectorAll('[role=treeitem]')].find((item) => item.textContent?.includes(name))
        const look = (): boolean => {
          if (row?.querySelector(`[role=img][aria-label="${expected}"]`) === null) return false
          resolve(Date.now())
          return true
        }
        if (row === undefined || look()) return
        const observer = new MutationObserver(() => {
          if (look()) observer.disconnect()
        })
        observer.observe(row, { subtree: true, childList: true, attributes: true, characterData: true })
      }),
    [machine, word] as const,
  )
}
