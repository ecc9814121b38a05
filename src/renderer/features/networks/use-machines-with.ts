import { useMemo } from 'react'
import type { Vm, VnicProfileId } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { useCollection } from '../../stores/index.ts'

/** A machine with a network card of a profile. */
export interface MachineWith {
  readonly vm: Vm
  /** Which revisions of the profile its cards run with; none: from its next start on. */
  readonly revisions: readonly number[]
  /** What its card may do is another thing at its next start. */
  readonly waits: boolean
}

const WAITING: ReadonlySet<string> = new Set(['vnicProfile', 'filter', 'limits'])

/** The machines with a network card of a profile, by their names. */
export function useMachinesWith(profileId: VnicProfileId): readonly MachineWith[] {
  const { entities: vms } = useCollection('vms')
  return useMemo(() => machinesWith([...vms.values()], profileId), [vms, profileId])
}

/** The same of some machines. Pure. */
function machinesWith(vms: readonly Vm[], profileId: VnicProfileId): readonly MachineWith[] {
  return vms
    .flatMap((vm) => {
      const cards = vm.nics.filter(({ vnicProfile }) => vnicProfile?.id === profileId)
      const addresses = new Set(cards.map(({ macAddress }) => macAddress))
      const changes = vm.pending.filter(
        ({ what, device, next }) =>
          (what === 'vnicProfile' && next === profileId) || (WAITING.has(what) && addresses.has(device ?? '')),
      )
      if (cards.length === 0 && changes.every(({ next }) => next !== profileId)) return []
      return [
        { vm, revisions: cards.flatMap(({ vnicProfile }) => vnicProfile?.revision ?? []), waits: changes.length > 0 },
      ]
    })
    .sort((a, b) => compareTexts(a.vm.name, b.vm.name))
}
