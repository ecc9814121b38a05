import type { HostId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { ModelSnapshot, StepContext, StepHandler } from '../../engine/index.ts'
import type { MigrationDisk, MigrationNeeds } from '../../xml/index.ts'
import { domainOfPath } from '../decide-migration.ts'
import { countImages, type DiskCopy, makeCopies, removeImages } from '../local-disks.ts'
import { type Ends, look } from '../tidy-up.ts'
import type { MigrationDependencies } from './dependencies.ts'

/** Which disks go along, and what the other host has to have of itself. Pure. */
export function splitLocalDisks(
  model: ModelSnapshot,
  needs: MigrationNeeds,
  copyDisks: boolean,
): { readonly needs: MigrationNeeds; readonly local: readonly MigrationDisk[] } {
  const isLocal = ({ path, isFile, shareable }: MigrationDisk) =>
    copyDisks && isFile && !shareable && domainOfPath(model, path) === null
  return {
    needs: { ...needs, disks: needs.disks.filter((disk) => !isLocal(disk)) },
    local: needs.disks.filter(isLocal),
  }
}

/** What the check found to be copied. */
export function copiesIn(results: StepContext<'vm.migrate'>['results']): readonly DiskCopy[] {
  return (results.check as { readonly copies?: readonly DiskCopy[] } | undefined)?.copies ?? []
}

/** Empty images at the other host, before anything moves. They go again unless the machine runs with them. */
export function createMakeDisks({ hosts }: Pick<MigrationDependencies, 'hosts'>): StepHandler<'vm.migrate'> {
  const endsOf = ({ step }: StepContext<'vm.migrate'>): Ends => {
    const { sourceId, destinationId } = step.data as { readonly sourceId: HostId; readonly destinationId: HostId }
    return { source: hosts.get(sourceId), destination: hosts.get(destinationId) }
  }
  return {
    run: async (context) => {
      await makeCopies(endsOf(context).destination, copiesIn(context.results), context.signal)
      return null
    },
    undo: async (context) => {
      const ends = endsOf(context)
      const where = await look(ends, context.input.vmId)
      if (where === 'destination' || where === 'handed-over' || where === 'both' || where === 'on-its-way') {
        const params = { name: context.input.vmId, hostName: ends.destination.definition.name }
        throw new AppError('migration.outcome-unknown', params, { retry: 'after-refresh' })
      }
      await removeImages(ends.destination, copiesIn(context.results))
    },
    inspect: async (context) => {
      const [{ destination }, copies] = [endsOf(context), copiesIn(context.results)]
      const count = await countImages(destination, copies)
      if (count === copies.length) return 'done'
      // Cut off in the midst of it.
      if (count > 0) await removeImages(destination, copies)
      return 'absent'
    },
  }
}
