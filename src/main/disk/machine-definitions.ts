import type { CommandName } from '../../shared/contract/index.ts'
import type { Vm } from '../../shared/domain/index.ts'
import type { StepContext } from '../engine/index.ts'
import type { HostLink } from '../hosts/index.ts'

type NamedVm = Pick<Vm, 'id' | 'name' | 'hostId'>
type Asked = Pick<StepContext<never>, 'user' | 'isRow'>

/** The definitions of machines, for what is done with their disks. Errors of all: those of the link. */
export interface MachineDefinitions {
  /** What the next start goes by. It has secrets: it goes back to its host, and nowhere else. */
  stored(link: HostLink, vm: NamedVm): Promise<string>
  /** What it runs by; of one that is off the stored one. */
  running(link: HostLink, vm: NamedVm): Promise<string>
  /** Also: vm.definition-refused. */
  write(asked: Asked, command: CommandName, change: WrittenDefinition): Promise<void>
  /** Runs what changes definitions by other means, such that nobody takes it for the doing of others. Also: those of `change`. */
  changing<T>(asked: Asked, command: CommandName, vm: NamedVm, change: () => Promise<T>): Promise<T>
}

interface WrittenDefinition {
  readonly vm: NamedVm
  readonly link: HostLink
  readonly xml: string
}
