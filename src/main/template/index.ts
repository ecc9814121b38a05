import type { CommandHandlers } from '../engine/index.ts'
import { KnownSnapshots } from '../snapshot/index.ts'
import { createVmClone } from './commands/clone.ts'
import type { CloneDependencies } from './commands/dependencies.ts'

export type TemplateHandlers = Pick<CommandHandlers, 'vm.clone'>

export type TemplatesOptions = Omit<CloneDependencies, 'known'>

/** Clones of machines: the commands on them. */
export function startTemplates(options: TemplatesOptions): TemplateHandlers {
  const dependencies: CloneDependencies = { ...options, known: new KnownSnapshots() }
  return { 'vm.clone': createVmClone(dependencies) }
}
