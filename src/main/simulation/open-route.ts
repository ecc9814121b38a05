import { type Duplex, duplexPair } from 'node:stream'
import { AppError } from '../../shared/errors/index.ts'
import type { HostRoute } from '../hosts/index.ts'
import { answerScript } from './known-scripts.ts'
import { serveVnc } from './screen/vnc-server.ts'
import type { SimulatedWorld } from './world.ts'

/**
 * The way to a simulated host: its libvirt daemon and the screens of its machines, in this process. Nothing is connected to.
 * Errors: host.simulated where the world has no such host.
 */
export function openSimulatedRoute(world: SimulatedWorld, address: string): HostRoute {
  const found = world.find(address)
  if (found === null) throw new AppError('host.simulated', { name: address, hint: 'unknown' })
  const { host, serve } = found
  const ended = Promise.withResolvers<AppError | null>()
  const open = new Set<Duplex>()
  const connect = (accept: (theirs: Duplex) => void): Duplex => {
    const [ours, theirs] = duplexPair()
    open.add(ours)
    ours.once('close', () => {
      open.delete(ours)
      theirs.destroy()
    })
    theirs.once('close', () => ours.destroy())
    accept(theirs)
    return ours
  }
  return {
    session: null,
    hostKey: { type: 'ssh-ed25519', fingerprint: `SHA256:simulated/${address}` },
    endpoint: null,
    configSkipped: [],
    openLibvirt: async () => ({ transport: connect(serve), uri: 'qemu:///system' }),
    forwardSocket: async (path) => {
      throw refused(path)
    },
    forwardTcp: async (name, port) => {
      const machine = host.findByVncPort(port)
      if (machine === null || machine.live === null) throw refused(`${name}:${port}`)
      const { keys } = machine.live
      const machineName = machine.definition.name
      return connect((theirs) => serveVnc(theirs, { machineName, keys, clock: host.clock }))
    },
    runScript: async (script, { onStdout }) => {
      const stdout = answerScript(host, script)
      if (stdout === null) throw new AppError('host.simulated', { name: address, hint: 'shell' })
      onStdout?.(Buffer.from(stdout))
      return { exitCode: 0, stdout, stderr: '' }
    },
    closed: ended.promise,
    close: async () => {
      for (const stream of [...open]) stream.destroy()
      ended.resolve(null)
    },
  }
}

function refused(target: string): AppError {
  return new AppError('ssh.forward-refused', { target, hint: 'connection-refused', group: '' }, { retry: 'safe' })
}
