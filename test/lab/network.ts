import { readFile } from 'node:fs/promises'
import { runCommand, waitFor } from './command.ts'
import { withLock } from './lock.ts'

/** The two networks of the lab: `lab0` is where an app reaches the hosts, `lab1` is for migration. */
export type LabNetwork = 'lab0' | 'lab1'

const bridges: Record<LabNetwork, string> = { lab0: '10.77.0.1/24', lab1: '10.78.0.1/24' }

/** The number of a lab's storage server, where others have hosts. */
export const storageNumber = 0

/** The name of a host, or of the storage server. */
export function nameOf(number: number): string {
  return number === storageNumber ? 'storage.lab' : `node${number}.lab`
}

/** Names and addresses of host `number` (1–9) of `slot` (0–8). Slot 0 is `npm run lab`, the others are test runs. */
export function placeOf(slot: number, number: number) {
  const last = 10 * (slot + 1) + number
  return {
    netns: `vd${slot}n${number}`,
    links: { lab0: `vd${slot}n${number}a`, lab1: `vd${slot}n${number}b` },
    addresses: { lab0: `10.77.0.${last}`, lab1: `10.78.0.${last}` },
  } as const
}

const ip = (...args: string[]) => runCommand('ip', args)

/**
 * An interface gives itself an IPv6 address, a second or two after it is up. To a browser on this machine that is a change
 * of networks, for which it breaks off what it is loading. A kernel without IPv6 has nothing to switch off.
 */
async function withoutIpv6(link: string): Promise<void> {
  await runCommand('ip', ['link', 'set', link, 'addrgenmode', 'none'], { allowFailure: true })
}

/** Makes the network namespace of a host and ties it to both bridges. */
export async function createNetns(slot: number, number: number): Promise<void> {
  const place = placeOf(slot, number)
  await withLock('network', async () => {
    for (const [bridge, address] of Object.entries(bridges)) {
      const there = await runCommand('ip', ['link', 'show', bridge], { allowFailure: true })
      if (there.code === 0) continue
      await ip('link', 'add', bridge, 'type', 'bridge')
      await withoutIpv6(bridge)
      await ip('addr', 'add', address, 'dev', bridge)
      await ip('link', 'set', bridge, 'up')
    }
    await ip('netns', 'add', place.netns)
    for (const [index, bridge] of (['lab0', 'lab1'] as const).entries()) {
      const link = place.links[bridge]
      await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', `eth${index}`, 'netns', place.netns)
      await withoutIpv6(link)
      await ip('link', 'set', link, 'master', bridge, 'up')
    }
  })
}

/** Plugs the cable of a host in or out, at the bridge: the host sees its carrier go. */
export async function setLink(link: string, state: 'up' | 'down'): Promise<void> {
  await ip('link', 'set', link, state)
}

/** The pids, as this machine counts them, of everything that runs in a network namespace. */
export async function listPids(netns: string): Promise<number[]> {
  const { stdout } = await runCommand('ip', ['netns', 'pids', netns], { allowFailure: true })
  return stdout.split('\n').filter(Boolean).map(Number)
}

/** The pids in a network namespace whose program has one of these names. */
export async function listPidsOf(netns: string, programs: readonly string[]): Promise<number[]> {
  const found: number[] = []
  for (const pid of await listPids(netns)) {
    const comm = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    if (programs.includes(comm.trim())) found.push(pid)
  }
  return found
}

/** Sends a signal; a process that is gone already is what was wanted. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Kills everything in a network namespace of the lab. Only what lives in the namespace is touched, so no pid can be a stranger's. */
export async function killAll(netns: string): Promise<void> {
  await waitFor(`the processes of ${netns} end`, async () => {
    const pids = await listPids(netns)
    for (const pid of pids) signal(pid, 'SIGKILL')
    return pids.length === 0
  })
}

/** The names of the namespaces that a slot has at present, whoever left them. */
export async function listNetns(slot: number): Promise<string[]> {
  const { stdout } = await runCommand('ip', ['netns', 'list'], { allowFailure: true })
  return stdout.split('\n').flatMap((line) => line.match(new RegExp(`^vd${slot}n\\d`))?.input?.split(' ')[0] ?? [])
}

/** Whether a namespace of the lab is a host's, and not the storage server's. */
export function isHost(netns: string): boolean {
  return !netns.endsWith(`n${storageNumber}`)
}

/** Removes all namespaces, links and processes of a slot, and the bridges once nobody uses them. Safe to call when nothing is there. */
export async function clearNetwork(slot: number): Promise<void> {
  for (const netns of await listNetns(slot)) {
    await killAll(netns)
    await runCommand('ip', ['netns', 'del', netns], { allowFailure: true })
  }
  await withLock('network', async () => {
    const links = await linkNames()
    // a veth is removed with its namespace, but the kernel does so later: remove it now, so that `up` can follow at once
    for (const link of links.filter((name) => name.startsWith(`vd${slot}n`)))
      await runCommand('ip', ['link', 'del', link], { allowFailure: true })
    const others = links.filter((name) => /^vd\d+n\d[ab]$/.test(name) && !name.startsWith(`vd${slot}n`))
    if (others.length > 0) return
    for (const bridge of Object.keys(bridges)) await runCommand('ip', ['link', 'del', bridge], { allowFailure: true })
  })
}

async function linkNames(): Promise<string[]> {
  const { stdout } = await ip('-o', 'link', 'show')
  return stdout.split('\n').flatMap((line) => line.match(/^\d+: ([^:@]+)/)?.[1] ?? [])
}
