import { z } from 'zod'
import { hostStatusSchema } from './host.ts'
import { vmStatusSchema } from './vm.ts'

/** What hosts have, what is used of it, and what is promised to VMs. Of hosts that are `up`, but for `committed…`. */
export const capacitySchema = z.object({
  /** Logical CPUs (threads). */
  cpus: z.number().int(),
  memoryKiB: z.number(),
  /** Busy, in percent of all `cpus`; null while no host has told. */
  cpuUsedPercent: z.number().nullable(),
  memoryUsedKiB: z.number().nullable(),
  /** Sums over all VMs, running or not, of the most that each can have. */
  committedVcpus: z.number().int(),
  committedMemoryKiB: z.number(),
  /** The same over the VMs that run. */
  runningVcpus: z.number().int(),
  runningMemoryKiB: z.number(),
})
export type Capacity = z.infer<typeof capacitySchema>

/** How many of each status; a status that nothing is in is left out. */
export const hostCountsSchema = z.partialRecord(hostStatusSchema, z.number().int())
export type HostCounts = z.infer<typeof hostCountsSchema>
export const vmCountsSchema = z.partialRecord(vmStatusSchema, z.number().int())
export type VmCounts = z.infer<typeof vmCountsSchema>

/** Members of a cluster or a datacenter, counted. */
export const populationSchema = z.object({
  hostCount: z.number().int(),
  hostsByStatus: hostCountsSchema,
  vmCount: z.number().int(),
  vmsByStatus: vmCountsSchema,
})
export type Population = z.infer<typeof populationSchema>

/** What storage holds, in bytes. `provisionedBytes`: what is promised to machines, which may be more than there is. */
export const storageCapacitySchema = z.object({
  capacityBytes: z.number(),
  allocationBytes: z.number(),
  availableBytes: z.number(),
  provisionedBytes: z.number(),
})
export type StorageCapacity = z.infer<typeof storageCapacitySchema>
