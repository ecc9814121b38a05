import type { TemplateDefinition, TemplateId } from '../../shared/domain/index.ts'
import { AppError } from '../../shared/errors/index.ts'
import { type Clock, decideEditConflict } from '../engine/index.ts'
import type { Inventory } from '../inventory/index.ts'

export interface TemplateStoreOptions {
  readonly inventory: Pick<Inventory, 'templates' | 'edits' | 'transaction'>
  readonly clock: Clock
  /** Templates were added, changed or removed. */
  readonly onChange: () => void
}

const EDITED_FIELDS = ['name', 'description', 'versionName'] as const
/** What an edit changes. Fields that are not named stay. */
export type TemplateChanges = {
  readonly [Field in (typeof EDITED_FIELDS)[number]]?: TemplateDefinition[Field] | undefined
}

/** The templates as they are stored, and in memory. Each change is stored first. */
export class TemplateStore {
  readonly #options: TemplateStoreOptions
  readonly #records = new Map<TemplateId, TemplateDefinition>()

  constructor(options: TemplateStoreOptions) {
    this.#options = options
  }

  get records(): ReadonlyMap<TemplateId, TemplateDefinition> {
    return this.#records
  }

  /** Reads what is stored. Errors: those of the inventory. */
  async load(): Promise<void> {
    for (const record of await this.#options.inventory.templates.fetchAll()) this.#records.set(record.id, record)
    this.#options.onChange()
  }

  /** Adds one; its version is the next of its template. Again: does no harm. */
  async add(template: Omit<TemplateDefinition, 'version' | 'revision' | 'createdAt'>): Promise<void> {
    if (this.#records.has(template.id)) return
    const versions = [...this.#records.values()].filter(({ baseId }) => baseId === template.baseId)
    const version = Math.max(0, ...versions.map((each) => each.version)) + 1
    const record = { ...template, version, revision: 1, createdAt: this.#options.clock.now() }
    await this.#options.inventory.templates.save(record)
    this.#records.set(record.id, record)
    this.#options.onChange()
  }

  /**
   * Changes one; a new name becomes that of all its versions. Errors: template.not-found; template.changed-meanwhile when it is not any more
   * what the edit was begun on.
   */
  async edit(
    templateId: TemplateId,
    changes: TemplateChanges,
    by: { readonly user: string; readonly base: number | undefined },
  ): Promise<void> {
    const { inventory, clock } = this.#options
    const before = this.#records.get(templateId)
    if (before === undefined) throw new AppError('template.not-found', { templateId })
    const { revision: current } = before
    const { base } = by
    const since = base === undefined || base === current ? [] : await inventory.edits.fetchSince(templateId, base)
    const conflict = decideEditConflict('template.changed-meanwhile', before.name, { base, current }, since)
    if (conflict !== null) throw conflict
    const after: TemplateDefinition = { ...before, ...withoutUndefined(changes), revision: current + 1 }
    const fields = EDITED_FIELDS.filter((field) => before[field] !== after[field])
    if (fields.length === 0) return
    const others = [...this.#records.values()].filter(({ id, baseId }) => id !== templateId && baseId === before.baseId)
    const renamed = others.map((other) => ({ ...other, name: after.name }))
    const saved = fields.includes('name') ? [after, ...renamed] : [after]
    await inventory.transaction(async ({ templates, edits }) => {
      for (const record of saved) await templates.save(record)
      await edits.add({ entityId: templateId, revision: after.revision, fields, user: by.user, at: clock.now() })
    })
    for (const record of saved) this.#records.set(record.id, record)
    this.#options.onChange()
  }

  /** A datacenter is gone, and its templates with it from the inventory. */
  forgetDatacenter(datacenterId: string): void {
    const gone = [...this.#records.values()].filter((record) => record.datacenterId === datacenterId)
    for (const { id } of gone) this.#records.delete(id)
    if (gone.length > 0) this.#options.onChange()
  }

  /** Again: does no harm. */
  async remove(templateId: TemplateId): Promise<void> {
    await this.#options.inventory.transaction(async ({ templates, edits }) => {
      await templates.remove(templateId)
      await edits.removeAll(templateId)
    })
    this.#records.delete(templateId)
    this.#options.onChange()
  }
}

function withoutUndefined(changes: TemplateChanges): Partial<Pick<TemplateDefinition, (typeof EDITED_FIELDS)[number]>> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}
