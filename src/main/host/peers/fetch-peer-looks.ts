import type { Host } from '../../../shared/domain/index.ts'
import { isAppError } from '../../../shared/errors/index.ts'
import type { HostRegistry, HostRoute } from '../../hosts/index.ts'
import type { PeerLook } from './decide-peer-verdicts.ts'
import { buildPeerScript, isPlainName, PEER_OUTPUT_BYTES, PEER_TIMEOUT_MS, parsePeerFinding } from './peer-script.ts'

/** Each is asked, and asks, 64 ports: more hosts would tell little more. */
const PEERS_MAX = 3

type RunScript = NonNullable<HostRoute['runScript']>

interface Place {
  /** What the host calls itself: what the others must know it by. */
  readonly name: string
  readonly address: string
  readonly runScript: RunScript
}

/**
 * Lets a host that is tried and up to three that are up look at each other, both ways. A host that cannot be asked is left out: it is
 * no finding about the other. Errors: the signal's reason.
 */
export async function fetchPeerLooks(
  registry: HostRegistry,
  peers: readonly Host[],
  newcomer: { readonly route: HostRoute; readonly name: string },
  signal?: AbortSignal,
): Promise<readonly PeerLook[]> {
  const { route, name } = newcomer
  if (route.runScript === null || route.endpoint === null) return []
  const here: Place = { name, address: route.endpoint.address, runScript: route.runScript }
  const others = peers.flatMap((host) => placeOf(registry, host) ?? []).slice(0, PEERS_MAX)
  const pairs = others.flatMap((other) => [
    [other, here],
    [here, other],
  ]) as readonly (readonly [Place, Place])[]
  const looks = await Promise.all(pairs.map(([from, to]) => look(from, to, signal)))
  return looks.filter((each) => each !== null)
}

function placeOf(registry: HostRegistry, host: Host): Place | null {
  const link = registry.find(host.id)
  const { endpoint, facts } = link?.state ?? {}
  if (link === null || endpoint === null || endpoint === undefined) return null
  const name = facts?.hostName ?? ''
  return { name, address: endpoint.address, runScript: (script, options) => link.runScript(script, options) }
}

async function look(from: Place, to: Place, signal: AbortSignal | undefined): Promise<PeerLook | null> {
  if (!isPlainName(to.name) || !isPlainName(to.address)) return null
  try {
    const { stdout } = await from.runScript(buildPeerScript(to), {
      timeoutMs: PEER_TIMEOUT_MS,
      maxOutputBytes: PEER_OUTPUT_BYTES,
      signal,
    })
    return { from: from.name, to: to.name, ...parsePeerFinding(stdout) }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason
    if (!isAppError(error)) throw error
    return null
  }
}
