import { element, type XmlPart } from '../../xml/index.ts'
import type { DomainCpu, DomainMemory } from './domain-spec.ts'

/** What can be plugged in one after the other. */
const MEMORY_SLOTS = 16

/** `<memory>` and its kin. https://libvirt.org/formatdomain.html#memory-allocation. Pure. */
export function memoryElements({ sizeMiB, maxMiB, hugepages, shared }: DomainMemory): readonly XmlPart[] {
  const backing = [
    hugepages ? element('hugepages') : null,
    shared ? element('source', { type: 'memfd' }) : null,
    shared ? element('access', { mode: 'shared' }) : null,
  ]
  return [
    ...(maxMiB > sizeMiB ? [element('maxMemory', { slots: MEMORY_SLOTS, unit: 'MiB' }, maxMiB)] : []),
    element('memory', { unit: 'MiB' }, sizeMiB),
    element('currentMemory', { unit: 'MiB' }, sizeMiB),
    ...(hugepages || shared ? [element('memoryBacking', {}, ...backing)] : []),
  ]
}

/** `<vcpu>`, `<iothreads>` and `<cputune>`. Pure. */
export function vcpuElements({ vcpus, maxVcpus, pinning }: DomainCpu, ioThreads: number): readonly XmlPart[] {
  const current = maxVcpus > vcpus ? vcpus : null
  const pins = pinning.map(({ vcpu, hostCpus }) => element('vcpupin', { vcpu, cpuset: hostCpus }))
  return [
    element('vcpu', { placement: 'static', current }, Math.max(vcpus, maxVcpus)),
    ...(ioThreads > 0 ? [element('iothreads', {}, ioThreads)] : []),
    ...(pins.length > 0 ? [element('cputune', {}, ...pins)] : []),
  ]
}

/** `<cpu>`; null where QEMU's own will do. https://libvirt.org/formatdomain.html#cpu-model-and-topology. Pure. */
export function cpuElement(cpu: DomainCpu, memory: DomainMemory): XmlPart | null {
  const { mode, model, topology } = cpu
  const cells = numaCells(cpu, memory)
  if (mode === null && topology === null && cells.length === 0) return null
  return element(
    'cpu',
    {
      mode,
      match: mode === 'custom' ? 'exact' : null,
      // Whether the host has what is asked for is looked at when it starts, not when it is defined.
      check: mode === 'custom' || mode === 'host-model' ? 'partial' : mode === null ? null : 'none',
      migratable: mode === 'host-passthrough' || mode === 'maximum' ? 'on' : null,
    },
    mode === 'custom' && model !== null && element('model', { fallback: 'forbid' }, model),
    topology ? element('topology', topology) : null,
    mode === null ? null : cpu.features.map(({ name, policy }) => element('feature', { policy, name })),
    cells.length > 0 && element('numa', {}, ...cells),
  )
}

/** Memory is plugged into a cell: a machine that takes more has one at least. */
function numaCells({ numa, maxVcpus, vcpus }: DomainCpu, { sizeMiB, maxMiB }: DomainMemory): readonly XmlPart[] {
  const last = Math.max(vcpus, maxVcpus) - 1
  const whole = { cpus: last === 0 ? '0' : `0-${last}`, memoryMiB: sizeMiB }
  const cells = numa.length > 0 ? numa : maxMiB > sizeMiB ? [whole] : []
  return cells.map(({ cpus, memoryMiB }, id) => element('cell', { id, cpus, memory: memoryMiB, unit: 'MiB' }))
}
