import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { type OpenOptions, openLibvirt } from '../../src/main/libvirt/index.ts'
import { connectSsh, createKnownHosts, type SshSession } from '../../src/main/ssh/index.ts'
import { describeMachines } from '../libvirt/machine-scenarios.ts'
import { readHostDefaults } from './host-system.ts'
import { type Lab, startLab } from './lab.ts'

const POOL = '/var/lib/libvirt/scenarios'

const { libvirt } = readHostDefaults()
// modular daemons are there on Debian 13 only
const systems = libvirt === 'libvirtd' ? (['machine', 'debian-13'] as const) : (['debian-13'] as const)

describe.for(systems)('system: %s', (system) => {
  let lab: Lab
  let folder: string
  let session: SshSession

  beforeAll(async () => {
    lab = await startLab({ hosts: 1, host: { system } })
    await lab.host.exec(`mkdir -p ${POOL}`)
    folder = await mkdtemp(join(tmpdir(), 'vd-lab-libvirt-'))
    session = await connectSsh({
      target: {
        address: lab.host.address,
        user: lab.host.user,
        privateKeyPath: lab.host.privateKeyPath,
        useConfig: false,
      },
      secrets: () => Promise.resolve({}),
      knownHosts: createKnownHosts({ ownPath: join(folder, 'known_hosts') }),
      acceptFingerprint: lab.host.hostKeyFingerprint,
    })
  })

  afterAll(async () => {
    await session?.close()
    await lab?.stop()
    if (folder !== undefined) await rm(folder, { recursive: true, force: true })
  })

  describeMachines("machines of qemu:///system, over the host's unix socket", () => ({
    open: (options?: OpenOptions) =>
      openLibvirt(connect(`/proc/${lab.host.initPid}/root${lab.host.libvirtSocket}`), options),
    poolPath: () => POOL,
  }))

  describeMachines('machines of qemu:///system, all through one SSH session', () => ({
    open: async (options?: OpenOptions) =>
      openLibvirt((await session.openLibvirtSocket([lab.host.libvirtSocket])).stream, options),
    poolPath: () => POOL,
  }))
})
