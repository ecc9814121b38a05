import { z } from 'zod'
import { type ClusterId, type HostFacts, type HostId, hostFactsSchema } from '../../../shared/domain/index.ts'
import type { Clock } from '../../engine/index.ts'
import type { Inventory } from '../../inventory/index.ts'
import type { CpuDescription } from '../../xml/index.ts'
import type { CpuVerdict, HostCpu } from './host-cpu.ts'

/** What a host told of its CPU, and by which daemon and QEMU. */
export interface ToldCpu {
  readonly facts: HostFacts
  readonly cpu: HostCpu
  /** How it stands to the models that it cannot give. */
  readonly above: ReadonlyMap<string, CpuVerdict>
}

/** The CPUs of hosts and the levels of clusters, as they were last found. */
export interface CpuMemory {
  fetchHosts(): Promise<ReadonlyMap<HostId, ToldCpu>>
  saveHost(hostId: HostId, told: ToldCpu): Promise<void>
  fetchLevels(): Promise<ReadonlyMap<ClusterId, CpuDescription>>
  saveLevel(clusterId: ClusterId, level: CpuDescription): Promise<void>
}

const names = z.array(z.string()).readonly()
const descriptionSchema = z.object({
  model: z.string(),
  vendor: z.string().nullable(),
  required: names,
  disabled: names,
})
const verdictSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fits') }),
  z.object({ kind: z.literal('lacks'), missing: names }),
  z.object({ kind: z.literal('unknown-model') }),
])
const toldSchema = z.object({
  facts: hostFactsSchema,
  cpu: z.object({
    architecture: z.string(),
    domainType: z.string(),
    hostModel: descriptionSchema.nullable(),
    knownModels: names,
    unusableModels: names,
  }),
  above: z.array(z.tuple([z.string(), verdictSchema])),
})

/** Keeps them in the inventory. What does not fit any more is found anew. */
export function createCpuMemory(
  { toldByHosts, clusters }: Pick<Inventory, 'toldByHosts' | 'clusters'>,
  clock: Pick<Clock, 'now'>,
): CpuMemory {
  return {
    fetchHosts: async () => {
      const told = await toldByHosts.fetchAll('cpu', toldSchema)
      return new Map([...told].map(([hostId, { value }]) => [hostId, { ...value, above: new Map(value.above) }]))
    },
    saveHost: (hostId, { facts, cpu, above }) =>
      toldByHosts.save(hostId, 'cpu', { value: { facts, cpu, above: [...above] }, toldAt: clock.now() }),
    fetchLevels: async () => {
      const levels = new Map<ClusterId, CpuDescription>()
      for (const [clusterId, stored] of await clusters.fetchCpuLevels()) {
        const parsed = descriptionSchema.safeParse(stored)
        if (parsed.success) levels.set(clusterId, parsed.data)
      }
      return levels
    },
    saveLevel: (clusterId, level) => clusters.saveCpuLevel(clusterId, level),
  }
}
