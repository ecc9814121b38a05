import { onTestFinished } from 'vitest'
import { silentLog } from '../../../../src/main/engine/index.ts'
import { createAdministrator } from '../../../../src/main/shell/administrator.ts'
import { composeEngine } from '../../../../src/main/shell/compose.ts'
import type { CommandInput, CommandName, CommandOutput } from '../../../../src/shared/contract/index.ts'
import { fromWireError } from '../../../../src/shared/errors/index.ts'
import { openForTest } from '../inventory/temporary-folder.ts'

/** A whole engine on an inventory of its own, without hosts. */
export async function composeForTest(dataDir: string) {
  const composed = await composeEngine({
    inventory: await openForTest(dataDir),
    shell: 'server',
    version: '0.0.0',
    log: silentLog,
    canSignOut: false,
    stopGraceMs: 1_000,
  })
  onTestFinished(() => composed.stop())
  const identity = createAdministrator('ann')
  const call = async <N extends CommandName>(command: N, input: CommandInput<N>): Promise<CommandOutput<N>> => {
    const result = await composed.engine.dispatch(identity, command, input)
    if (!result.ok) throw fromWireError(result.error)
    return result.value as CommandOutput<N>
  }
  const { topics } = composed
  /** What is made of other topics comes with the next batch. */
  const model = () => {
    topics.flush()
    return topics.model()
  }
  return {
    call,
    stop: () => composed.stop(),
    datacenters: () => [...model().datacenters.values()],
    clusters: () => [...model().clusters.values()],
    hosts: () => [...model().hosts.values()],
    vms: () => [...model().vms.values()],
    networks: () => [...model().networks.values()],
    vnicProfiles: () => [...model().vnicProfiles.values()],
    events: () => [...topics.collection('events').entities.values()],
  }
}
