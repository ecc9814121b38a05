import type { VmId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { InstantHandler, ModelSnapshot } from '../../engine/index.ts'
import { domainReference, isLibvirtError } from '../../hosts/index.ts'
import { requireVm, vmSubject } from '../../vm/index.ts'
import type { MigrationDependencies } from './dependencies.ts'

type Command = 'vm.migration-post-copy' | 'vm.migration-pause'

const TIMEOUT_MS = 30_000

/** What can be asked of a machine whose memory is being sent: to run there at once, or to stand still until it is sent. */
export function createWhileUnderWay(dependencies: MigrationDependencies) {
  return {
    'vm.migration-post-copy': createHandler(dependencies, 'vm.migration-post-copy'),
    'vm.migration-pause': createHandler(dependencies, 'vm.migration-pause'),
  }
}

function createHandler<N extends Command>(
  { hosts, underWay }: MigrationDependencies,
  name: N,
): InstantHandler<Command> & { readonly name: N } {
  const validate = (model: ModelSnapshot, { vmId }: { readonly vmId: VmId }) => {
    const vm = model.vms.get(vmId)
    if (vm === undefined) return new AppError('vm.not-found', { vmId })
    const migration = underWay.of(vmId)
    if (migration === null) return new AppError('migration.not-running', { name: vm.name }, { subject: vm.name })
    if (name === 'vm.migration-pause' || migration.canPostCopy) return null
    return new AppError('migration.no-post-copy', { name: vm.name, policy: migration.policy }, { subject: vm.name })
  }
  return {
    name,
    subject: vmSubject,
    validate,
    execute: async ({ input, model, signal }) => {
      const vm = requireVm(model(), input.vmId)
      const migration = underWay.of(input.vmId)
      if (migration === null) throw new AppError('migration.not-running', { name: vm.name }, { subject: vm.name })
      const connection = hosts.get(migration.sourceId).control()
      const dom = domainReference({ name: vm.name, uuid: vm.id })
      const limits = { timeoutMs: TIMEOUT_MS, signal }
      try {
        if (name === 'vm.migration-post-copy') {
          await connection.call('DOMAIN_MIGRATE_START_POST_COPY', { dom, flags: 0 }, limits)
        } else await connection.call('DOMAIN_SUSPEND', { dom }, limits)
      } catch (error) {
        if (!isLibvirtError(error)) throw error
        const params = { name: vm.name, action: name, message: error.params.message }
        throw new AppError('vm.operation-refused', params, { cause: error, subject: vm.name, hostId: vm.hostId })
      }
      return {}
    },
  }
}
