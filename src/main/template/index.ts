import type { CommandHandlers, LiveTopics } from '../engine/index.ts'
import { KnownSnapshots } from '../snapshot/index.ts'
import { createVmClone } from './commands/clone.ts'
import { createTemplateCreate } from './commands/create-template.ts'
import type { CloneDependencies, TemplateDependencies } from './commands/dependencies.ts'
import { createTemplateEdit } from './commands/edit-template.ts'
import { createTemplateRemove } from './commands/remove-template.ts'
import { startTemplateProjection } from './template-projection.ts'
import { TemplateStore, type TemplateStoreOptions } from './template-store.ts'

export type TemplateHandlers = Pick<CommandHandlers, 'vm.clone' | Extract<keyof CommandHandlers, `template.${string}`>>

export interface TemplatesOptions
  extends Omit<CloneDependencies, 'known'>,
    Pick<TemplateStoreOptions, 'inventory' | 'clock'> {
  readonly topics: LiveTopics
}

/** Templates, and clones of machines. */
export interface Templates {
  readonly handlers: TemplateHandlers
  /** Makes the stored templates known. Errors: those of the inventory. */
  load(): Promise<void>
  stop(): void
}

/** Starts showing the templates, and gives the commands on them. */
export function startTemplates({ topics, inventory, clock, ...options }: TemplatesOptions): Templates {
  const store: TemplateStore = new TemplateStore({ inventory, clock, onChange: () => projection.show() })
  const projection = startTemplateProjection(topics, () => store.records.values())
  const datacenters = topics.subscribe({ topic: 'datacenters' }, (frame) => {
    if (frame.t === 'patch') for (const id of frame.remove) store.forgetDatacenter(id)
  })
  const dependencies: TemplateDependencies = { ...options, known: new KnownSnapshots(), store }
  return {
    handlers: {
      'vm.clone': createVmClone(dependencies),
      'template.create': createTemplateCreate(dependencies),
      'template.edit': createTemplateEdit(dependencies),
      'template.remove': createTemplateRemove(dependencies),
    },
    load: () => store.load(),
    stop: () => {
      datacenters.unsubscribe()
      projection.stop()
    },
  }
}
