import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LibvirtConnection, openLibvirt } from '../../src/main/libvirt/index.ts'
import { connectSsh, createKnownHosts } from '../../src/main/ssh/index.ts'
import type { LabHost } from '../lab/host.ts'
import { startLab } from '../lab/lab.ts'
import { alternate, type Bench, measureMs } from './bench.ts'
import { startPeer } from './libvirt-peer.ts'

const CALLS = 800
const ROUNDS = 21
const TARGET = 1.2

/** libvirt starts `ssh` for `qemu+ssh`; this one reads no file of the user's and writes none. */
async function writeSshCommand(folder: string, host: LabHost): Promise<string> {
  const config = join(folder, 'ssh_config')
  const command = join(folder, 'ssh')
  const lines = [
    `IdentityFile ${host.privateKeyPath}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${join(folder, 'ssh_known_hosts')}`,
    'StrictHostKeyChecking no',
    'BatchMode yes',
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  await writeFile(command, `#!/bin/sh\nexec ssh -F ${config} "$@"\n`)
  await chmod(command, 0o700)
  return command
}

async function callInSequence(connection: LibvirtConnection): Promise<void> {
  for (let index = 0; index < CALLS; index += 1) await connection.call('CONNECT_GET_LIB_VERSION', {})
}

/** Calls one after the other to a host over SSH, against the C client's `qemu+ssh`. */
export const benchLibvirtSsh: Bench = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vd-bench-ssh-'))
  const lab = await startLab({ hosts: 1 })
  try {
    const { host } = lab
    const session = await connectSsh({
      target: { address: host.address, user: host.user, privateKeyPath: host.privateKeyPath, useConfig: false },
      secrets: () => Promise.resolve({}),
      knownHosts: createKnownHosts({ ownPath: join(folder, 'known_hosts') }),
      acceptFingerprint: host.hostKeyFingerprint,
    })
    const connection = await openLibvirt((await session.openLibvirtSocket(['/run/libvirt/libvirt-sock'])).stream)
    const command = await writeSshCommand(folder, host)
    const peer = await startPeer(`qemu+ssh://${host.user}@${host.address}/system?command=${command}`)
    const ms = await alternate(
      ROUNDS,
      () => measureMs(() => callInSequence(connection)),
      () => peer.run('sequential', CALLS),
    )
    await peer.stop()
    await connection.close()
    await session.close()
    const perSecond = (time: number): number => (CALLS / time) * 1_000
    const ratio = 1 / ms.oursToPeer
    return [
      {
        name: 'libvirt calls, SSH, one by one',
        unit: 'calls/s',
        ours: perSecond(ms.ours),
        peer: perSecond(ms.peer),
        ratio,
        target: `≥ ${TARGET} ×`,
        met: ratio >= TARGET,
      },
    ]
  } finally {
    await lab.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
