import type { Vm, VmId } from '../../../shared/domain/index.ts'
import type { StepContext } from '../../engine/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { defineDomain } from '../define-domain.ts'
import type { DefinitionKeeper } from '../definition-keeper.ts'
import type { OwnActions } from '../own-actions.ts'
import type { StoredDefinitions } from './stored-definitions.ts'

const EVENT_WITHIN_MS = 60_000

type Asked = Pick<StepContext<never>, 'user' | 'isRow'>

export interface WriteRequest {
  readonly vm: Pick<Vm, 'id' | 'name' | 'hostId'>
  readonly link: HostLink
  readonly xml: string
  /** Against libvirt's schema first, for what a person wrote. Default: no. */
  readonly validates?: boolean
}

/** Writes definitions such that nobody takes it for the doing of others. */
export interface DefinitionWriter {
  /** Redefines a domain. Errors: vm.definition-refused, those of the link. */
  writeDefinition(asked: Asked, command: string, request: WriteRequest): Promise<void>
  /** Runs what changes a domain's definition otherwise. Errors: those of `change`. */
  changeOwn<T>(vm: Pick<Vm, 'id' | 'hostId'>, change: () => Promise<T>): Promise<T>
  /** The event of a definition that changes is the command's doing, until the returned function was called. */
  expectChange(asked: Asked & { readonly input: { readonly vmId: VmId } }, command: string): () => void
}

export interface DefinitionWriterOptions {
  readonly ownActions: OwnActions
  readonly definitions: StoredDefinitions
  readonly keeper: Pick<DefinitionKeeper, 'changeOwn'> | null
}

export function createDefinitionWriter({ ownActions, definitions, keeper }: DefinitionWriterOptions): DefinitionWriter {
  const expect = (vmId: VmId, { user, isRow }: Asked, command: string) =>
    ownActions.expect(vmId, { kinds: ['vm.changed'], user, command, silent: !isRow, withinMs: EVENT_WITHIN_MS })
  const changeOwn: DefinitionWriter['changeOwn'] = ({ id, hostId }, change) =>
    keeper === null ? change() : keeper.changeOwn(hostId, id, change)
  return {
    writeDefinition: async (asked, command, { vm, link, xml, validates = false }) => {
      const ended = expect(vm.id, asked, command)
      try {
        await changeOwn(vm, () => defineDomain(link, { vmId: vm.id, name: vm.name }, xml, { validates }))
        await definitions.read(link, vm, asked.user)
      } finally {
        ended()
      }
    },
    changeOwn,
    expectChange: ({ input, ...asked }, command) => expect(input.vmId, asked, command),
  }
}
