import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Host, Vm } from '../../src/shared/domain/index.ts'
import { runCommand, waitFor } from './command.ts'
import { guestXml } from './guest-xml.ts'
import { type Lab, startLab } from './lab.ts'

const projectDir = fileURLToPath(new URL('../..', import.meta.url))
const program = join(projectDir, 'out/main/cli.js')
const VM_ID = '6f2a5c1e-0000-4000-8000-00000000c11a'

let lab: Lab
let dataDir = ''
const running = new Set<Started>()

beforeAll(async () => {
  // `npx virtdeck` builds what is stale; from then on the tests run what it built.
  await runCommand('npx', ['virtdeck', '--version'], { timeoutMs: 110_000 })
  lab = await startLab({ hosts: 2 })
})
afterAll(() => lab?.stop())

beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'virtdeck-cli-')), 'D')
})
afterEach(async () => {
  // Whoever is alive may still write into the folder.
  for (const { child, ended } of running) {
    child.kill('SIGKILL')
    await ended
  }
  await lab.host.resetVms()
  await rm(join(dataDir, '..'), { recursive: true, force: true })
})

/** Runs `virtdeck …` on the data folder of the test. */
const virtdeck = (...args: string[]) =>
  runCommand(process.execPath, [program, ...args, '--data-dir', dataDir], { allowFailure: true, timeoutMs: 60_000 })

interface Started {
  readonly child: ChildProcessWithoutNullStreams
  readonly lines: string[]
  readonly ended: Promise<number | null>
}

/** Starts `virtdeck …`, which runs until it gets a signal. */
function start(...args: string[]): Started {
  const child = spawn(process.execPath, [program, ...args, '--data-dir', dataDir])
  const lines: string[] = []
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = `${rest}${chunk.toString()}`.split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  child.stderr.on('data', (chunk: Buffer) => lines.push(`stderr: ${chunk.toString()}`))
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const started = { child, lines, ended }
  running.add(started)
  void ended.then(() => running.delete(started))
  return started
}

/** Uses a link up, as the page does that it leads to. */
function signIn(link: string): Promise<Response> {
  const { origin, hash } = new URL(link)
  return fetch(`${origin}/api/sign-in`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json' },
    body: JSON.stringify({ token: hash.slice(1) }),
  })
}

async function serve(): Promise<Started & { readonly link: string }> {
  const started = start('serve')
  const link = await waitFor('the sign-in link is printed', () =>
    started.lines.find((line) => line.includes('/link#'))?.trim(),
  )
  await waitFor('engine.json is there', () => existsSync(join(dataDir, 'engine.json')))
  return { ...started, link }
}

function reach(host = lab.host) {
  return {
    address: host.address,
    user: host.user,
    privateKeyPath: host.privateKeyPath,
    hostKey: host.hostKeyFingerprint,
  }
}

const json = <T>(text: string): T => JSON.parse(text) as T

describe('the command line on a served engine', () => {
  it('adds a host, lists its VMs, starts one, and tells what changes', async () => {
    await lab.host.defineVm(guestXml({ name: 'web', uuid: VM_ID, boots: 'firmware' }))
    const server = await serve()
    expect((await stat(join(dataDir, 'engine.json'))).mode & 0o777).toBe(0o600)

    const added = await virtdeck('call', 'host.add', JSON.stringify(reach()), '--json')
    expect(added.stderr).toBe('')
    expect(added.code).toBe(0)
    expect(json(added.stdout)).toMatchObject({ ok: true, value: { hostId: expect.any(String) } })

    const hosts = json<Host[]>((await virtdeck('get', 'hosts', '--json')).stdout)
    expect(hosts).toMatchObject([{ address: lab.host.address, status: 'up', vmCount: 1, runningVmCount: 0 }])
    const vms = json<Vm[]>((await virtdeck('get', 'vms', '--json')).stdout)
    expect(vms).toMatchObject([{ id: VM_ID, name: 'web', status: 'down', hostId: hosts[0]?.id }])

    const watch = start('watch', 'vms', '--json')
    await waitFor('the snapshot is printed', () => watch.lines.length > 0)
    const begun = await virtdeck('call', 'vm.start', JSON.stringify({ vmId: VM_ID }), '--json')
    expect(json(begun.stdout)).toMatchObject({ ok: true })
    expect(json<Vm[]>((await virtdeck('get', 'vms', '--json')).stdout)).toMatchObject([{ status: 'up' }])

    // Somebody next door ends it: no command of ours.
    await lab.host.virsh(['destroy', 'web'])
    const frames = () => watch.lines.map((line) => json<{ t: string; upsert?: Vm[] }>(line))
    await waitFor('the patch that says so is printed', () =>
      frames().some(({ t, upsert }, index) => index > 1 && t === 'patch' && upsert?.[0]?.status === 'down'),
    )
    expect(frames()[0]).toMatchObject({ t: 'snapshot', entities: [{ id: VM_ID, status: 'down' }] })
    watch.child.kill('SIGINT')
    expect(await watch.ended).toBe(0)

    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    expect(existsSync(join(dataDir, 'engine.json'))).toBe(false)
    expect(server.lines.filter((line) => line.startsWith('stderr:'))).toEqual([])
  })

  it('puts an image into a storage domain, lists it, and gets it back', async () => {
    await serve()
    await lab.host.exec('mkdir -p /var/lib/cli-media')
    await virtdeck('call', 'host.add', JSON.stringify(reach()), '--json')
    const [datacenter] = json<{ id: string }[]>((await virtdeck('get', 'datacenters', '--json')).stdout)
    const storage = { kind: 'posix', path: '/var/lib/cli-media' }
    const domain = { datacenterId: datacenter?.id, name: 'media', type: 'data', storage, criticalFreeBytes: 0 }
    expect(json((await virtdeck('call', 'storage.create', JSON.stringify(domain), '--json')).stdout)).toMatchObject({
      ok: true,
    })

    const image = join(dataDir, '..', 'boot.iso')
    const bytes = Buffer.alloc(3 * 1024 * 1024)
    bytes.write('CD001', 16 * 2_048 + 1)
    bytes.writeUInt8(1, 16 * 2_048)
    bytes.fill(7, 2 * 1024 * 1024)
    await writeFile(image, bytes)
    const sent = await virtdeck('upload', image, '--domain', 'media', '--json')
    expect(json(sent.stdout)).toMatchObject({ ok: true, value: { diskId: expect.any(String) } })
    const disks = json<object[]>((await virtdeck('get', 'disks', '--json')).stdout)
    expect(disks).toMatchObject([{ fileName: 'boot.iso', format: 'iso', kind: 'image', registered: true }])
    const back = join(dataDir, '..', 'back.iso')
    const got = await virtdeck('download', 'boot.iso', back)
    expect(got.code, got.stderr).toBe(0)
    expect((await readFile(back)).equals(bytes)).toBe(true)
    expect((await virtdeck('upload', image, '--domain', 'none')).code).toBe(1)

    // The same into a pool of the host's own, where it is a volume.
    await lab.host.exec('mkdir -p /var/lib/cli-own; virsh pool-create-as cli-own dir --target /var/lib/cli-own')
    const pool = ['--host', lab.host.name, '--pool', 'cli-own']
    const written = await virtdeck('upload', image, ...pool, '--volume', 'media.iso')
    expect(written.code, written.stderr).toBe(0)
    expect((await lab.host.virsh(['vol-list', 'cli-own'])).stdout).toContain('/var/lib/cli-own/media.iso')
    const fetched = join(dataDir, '..', 'fetched.iso')
    const read = await virtdeck('download', 'media.iso', fetched, ...pool)
    expect(read.code, read.stderr).toBe(0)
    expect((await readFile(fetched)).equals(bytes)).toBe(true)
    expect((await virtdeck('upload', image, '--host', lab.host.name, '--pool', 'none')).code).toBe(1)
    await lab.host.virsh(['pool-destroy', 'cli-own'])

    // Ctrl-C in the midst of one that would take hours.
    const huge = join(dataDir, '..', 'huge.img')
    await writeFile(huge, bytes)
    await truncate(huge, 4 * 1024 ** 4)
    const unfinished = async () => (await lab.host.exec('ls -A /var/lib/cli-media | grep virtdeck-part; true')).stdout
    const stopped = start('upload', huge, '--domain', 'media', '--json')
    await waitFor('it has begun', async () => (await unfinished()) !== '')
    stopped.child.kill('SIGINT')
    expect(await stopped.ended).toBe(130)
    await waitFor('nothing of it is left', async () => (await unfinished()) === '')
    expect(json<object[]>((await virtdeck('get', 'disks', '--json')).stdout)).toHaveLength(1)
  })

  it('sets up a datacenter, a cluster and a host, takes it out of use and back, and says what a cluster still holds', async () => {
    await serve()
    const call = async <T>(command: string, input: object, code = 0): Promise<T> => {
      const { stdout, code: ended } = await virtdeck('call', command, JSON.stringify(input), '--json')
      expect(ended, stdout).toBe(code)
      return json<T>(stdout)
    }
    const list = async (topic: string) =>
      json<Record<string, unknown>[]>((await virtdeck('get', topic, '--json')).stdout)

    // Without --json a person reads the same ids.
    const typed = await virtdeck('call', 'datacenter.create', '{"name":"Seoul"}')
    const seoul = (await list('datacenters')).find(({ name }) => name === 'Seoul')
    expect(typed.stdout).toContain(String(seoul?.id))
    expect(seoul).toMatchObject({ status: 'uninitialized', clusterCount: 0 })
    const { value: cluster } = await call<{ value: { clusterId: string } }>('cluster.create', {
      datacenterId: seoul?.id,
      name: 'production',
    })
    expect(await call('host.add', reach(), 1)).toMatchObject({ error: { code: 'cluster.not-named' } })
    const { value: host } = await call<{ value: { hostId: string } }>('host.add', { ...cluster, ...reach() })
    expect((await list('hosts')).map(({ id, status, clusterId }) => ({ id, status, clusterId }))).toEqual([
      { id: host.hostId, status: 'up', ...cluster },
    ])
    expect((await list('clusters')).find(({ id }) => id === cluster.clusterId)).toMatchObject({
      name: 'production',
      population: { hostCount: 1 },
    })
    await call('host.maintenance', { hostId: host.hostId })
    expect(await list('hosts')).toMatchObject([{ status: 'maintenance' }])
    await call('host.activate', { hostId: host.hostId })
    expect(await list('hosts')).toMatchObject([{ status: 'up' }])
    const refused = await call('cluster.remove', cluster, 1)
    expect(refused).toMatchObject({
      error: { code: 'cluster.not-empty', params: { references: [{ kind: 'host', id: host.hostId }] } },
    })
    const inWords = await virtdeck('call', 'cluster.remove', JSON.stringify(cluster))
    expect(inWords.code).toBe(1)
    expect(inWords.stderr).toContain(lab.host.name)

    // Of the only cluster that there is nothing needs to be said.
    await call('host.maintenance', { hostId: host.hostId })
    await call('host.remove', { hostId: host.hostId })
    await call('cluster.remove', cluster)
    await call('host.add', reach())
  })

  it('refuses a host whose key nobody confirmed, shows it with the next command, and stores nothing', async () => {
    await serve()
    const { hostKey, ...unconfirmed } = reach()
    const asJson = await virtdeck('call', 'host.add', JSON.stringify(unconfirmed), '--json')
    expect(asJson.code).toBe(1)
    expect(json(asJson.stdout)).toMatchObject({
      ok: false,
      error: { code: 'ssh.host-key-unknown', params: { keyType: lab.host.hostKeyType, fingerprint: hostKey } },
    })
    const asText = await virtdeck('call', 'host.add', JSON.stringify(unconfirmed))
    expect(asText.stderr).toContain(`${lab.host.hostKeyType} ${hostKey}`)
    expect(json((await virtdeck('get', 'hosts', '--json')).stdout)).toEqual([])

    // What it says to type next does add the host.
    const next = asText.stderr.split('\n').find((line) => line.trim().startsWith('npx virtdeck call')) ?? ''
    const typed = await runCommand('sh', ['-c', `${next.trim()} --json`], { timeoutMs: 60_000 })
    expect(json(typed.stdout)).toMatchObject({ ok: true })
  })

  it('signs one browser in by the printed link, once, also by a new one', async () => {
    const { link } = await serve()
    const first = await signIn(link)
    expect(first.status).toBe(200)
    expect(first.headers.get('set-cookie')).toBeNull()
    expect((await signIn(link)).status).toBe(401)
    const another = (await virtdeck('link')).stdout.trim()
    expect((await signIn(another)).status).toBe(200)
  })

  it('keeps a browser signed in over a restart, on the same port', async () => {
    const first = await serve()
    const { value } = json<{ value: { session: string } }>(await (await signIn(first.link)).text())
    first.child.kill('SIGTERM')
    await first.ended
    const second = await serve()
    expect(new URL(second.link).origin).toBe(new URL(first.link).origin)
    const headers = { authorization: `Bearer ${value.session}` }
    expect((await fetch(new URL('/api/topics/hosts', second.link), { headers })).status).toBe(200)
  })

  it('is told by an engine.json that a crash left that nothing runs, and takes over', async () => {
    const crashed = await serve()
    const { pid } = json<{ pid: number }>(await readFile(join(dataDir, 'engine.json'), 'utf8'))
    process.kill(pid, 'SIGKILL')
    await crashed.ended
    expect(existsSync(join(dataDir, 'engine.json'))).toBe(true)
    expect(json((await virtdeck('get', 'hosts', '--json')).stdout)).toEqual([])
    expect((await virtdeck('link')).code).toBe(3)
    await rm(join(dataDir, 'engine.json'))
    await serve()
    expect((await virtdeck('link')).code).toBe(0)
  })

  it('refuses a second engine on the same folder', async () => {
    await serve()
    const second = await virtdeck('serve')
    expect(second.code).toBe(1)
    expect(second.stderr).not.toBe('')
    expect((await virtdeck('get', 'hosts', '--json')).code).toBe(0)
  })
})

describe('the command line without an engine', () => {
  it('runs one itself: adds a host, sees its VMs once the host has answered, starts one', async () => {
    await lab.host.defineVm(guestXml({ name: 'web', uuid: VM_ID, boots: 'firmware' }))
    const added = await virtdeck('call', 'host.add', JSON.stringify(reach()), '--json')
    expect(json(added.stdout)).toMatchObject({ ok: true })
    expect(json((await virtdeck('get', 'vms', '--json')).stdout)).toMatchObject([{ id: VM_ID, status: 'down' }])
    const begun = await virtdeck('call', 'vm.start', JSON.stringify({ vmId: VM_ID }), '--json')
    expect(json(begun.stdout)).toMatchObject({ ok: true })
    expect((await lab.host.virsh(['domstate', 'web'])).stdout.trim()).toBe('running')
    expect(existsSync(join(dataDir, 'engine.json'))).toBe(false)
  })

  it('does not wait for ever for a host that is off, and says how it stands', async () => {
    const [, second] = lab.hosts
    if (second === undefined) throw new Error('the lab has one host only')
    await virtdeck('call', 'host.add', JSON.stringify(reach(second)), '--json')
    await second.powerCut()
    try {
      const hosts = json<Host[]>((await virtdeck('get', 'hosts', '--json')).stdout)
      expect(hosts[0]?.status).not.toBe('up')
      expect(hosts[0]?.statusError).not.toBeNull()
    } finally {
      await second.powerOn()
    }
  })

  it('ends with 2 for wrong usage and with 0 when nobody reads its output', async () => {
    expect((await virtdeck('get')).code).toBe(2)
    expect((await virtdeck('call', 'vm.start', 'not json')).code).toBe(2)
    const piped = await runCommand('bash', [
      '-c',
      `set -o pipefail; '${process.execPath}' '${program}' help | head -n 1; exit "\${PIPESTATUS[0]}"`,
    ])
    expect(piped.stdout).toContain('Virtdeck')
  })

  it('says in words what is wrong with the input', async () => {
    const path = join(dataDir, '..', 'input.json')
    await writeFile(path, '{"vmId":"not-an-id"}')
    const answer = await runCommand(
      'sh',
      ['-c', `'${process.execPath}' '${program}' call vm.start - --data-dir '${dataDir}' --json < '${path}'`],
      { allowFailure: true, timeoutMs: 60_000 },
    )
    expect(answer.code).toBe(1)
    expect(json(answer.stdout)).toMatchObject({ ok: false, error: { code: 'command.input-invalid' } })
  })
})
