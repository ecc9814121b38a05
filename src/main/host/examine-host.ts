import type { HostCheck } from '../../shared/contract/index.ts'
import type { HostDefinition } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { ModelSnapshot } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { Inventory } from '../inventory/index.ts'
import { findOtherMachine, identityOf } from './find-other-machine.ts'
import { decideChecks } from './host-checks.ts'
import { fetchPeerLooks, type PeerLook } from './peers/index.ts'
import { type Probe, type ProbeRequest, probeHost } from './probe-host.ts'
import { decidePeers, type MachineIdentity } from './rules.ts'

export interface Examination extends Probe {
  readonly checks: HostCheck[]
  readonly identity: MachineIdentity
  /** What keeps it from being added; null: nothing. */
  readonly refusal: AppError | null
}

/**
 * Tries a host by itself, against the rest of the inventory and against the other hosts of its cluster. The route is open only where nothing
 * stands in the way: the caller hands it on or closes it. Rejects with the signal's reason, and with errors of the inventory.
 */
export async function examineHost(
  { registry, inventory }: { readonly registry: HostRegistry; readonly inventory: Pick<Inventory, 'hosts'> },
  definition: HostDefinition,
  request: ProbeRequest & { readonly model: () => ModelSnapshot },
): Promise<Examination> {
  const { model, signal } = request
  const { outcome, route } = await probeHost(registry, definition, request)
  const identity = identityOf(outcome, definition.libvirtMode)
  let keeps = false
  try {
    const twin = await findOtherMachine(inventory, model(), identity, definition.id)
    const name = outcome.survey?.hostName ?? ''
    const isNew = route !== null && twin === null
    const peers: readonly PeerLook[] = isNew
      ? await fetchPeerLooks(registry, decidePeers(model(), definition), { route, name }, signal)
      : []
    const refusal = outcome.error ?? twin
    keeps = refusal === null
    const { hosts, vms } = model()
    const elsewhere = { hosts, vms: new Map([...vms].filter(([, { hostId }]) => hostId !== definition.id)) }
    const checks = decideChecks(outcome, { twin, peers, model: elsewhere })
    return { outcome, route: keeps ? route : null, checks, identity, refusal }
  } finally {
    if (!keeps) await route?.close()
  }
}
