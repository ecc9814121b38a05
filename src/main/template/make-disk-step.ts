import type { CommandName } from '../../shared/contract/index.ts'
import { fileHostOf, type MachineDisks, type NewMachineDisk, newMachineDiskSchema } from '../disk/index.ts'
import type { ModelSnapshot, StepContext, StepDraft, StepHandler } from '../engine/index.ts'
import type { DiskCopy } from './decide-copies.ts'

const COPY_TIMEOUT_MS = 24 * 60 * 60_000

/** The steps that make the disks. Pure. */
export function planCopies(model: ModelSnapshot, copies: readonly DiskCopy[]): StepDraft[] {
  return copies.map(({ made, domain, target }, index) => {
    const { definition, origin } = made
    const isThin = origin?.thin === true
    return {
      id: `make-disk:${index}`,
      action: 'make-disk',
      hostId: origin?.hostId ?? fileHostOf(model, domain.id),
      text: {
        key: isThin ? 'layering-disk' : 'copying-disk',
        params: { target, fileName: definition.fileName, domain: domain.name },
      },
      weight: isThin ? 1 : 20,
      cancellable: true,
      data: { ...made },
    }
  })
}

/** Makes one of them; undone by taking it away. */
export function makeDiskStep<N extends CommandName>(machineDisks: MachineDisks): StepHandler<N> {
  const diskOf = ({ step }: StepContext<N>): NewMachineDisk => newMachineDiskSchema.parse(step.data)
  const workIdOf = ({ operationId }: StepContext<N>, { definition }: NewMachineDisk) =>
    `${operationId}-${definition.id.slice(0, 8)}`
  return {
    timeoutMs: COPY_TIMEOUT_MS,
    run: async (context) => {
      const { model, signal, progress } = context
      const disk = diskOf(context)
      await machineDisks.make(disk, { model, workId: workIdOf(context, disk), signal, report: progress })
      return null
    },
    undo: (context) => machineDisks.remove(context.model, diskOf(context).definition),
    inspect: (context) => {
      const disk = diskOf(context)
      return machineDisks.settle(context.model, disk, workIdOf(context, disk))
    },
  }
}
