import { createHash } from 'node:crypto'
import type { VmId } from '../../../shared/domain/index.ts'
import { AppError } from '../../../shared/errors/index.ts'
import type { HostLink } from '../../hosts/index.ts'
import { withoutSecrets } from '../../xml/index.ts'
import { inactiveXmlOf, withXmlErrors } from '../change/domain-xml.ts'
import type { ActedOn } from '../domain-action.ts'
import { type DefinitionSettings, readSettings } from './read-settings.ts'

/** A definition as its host has it stored. */
export interface StoredVersion {
  /** With the passwords of its screens: it goes back to its host, and nowhere else. */
  readonly xml: string
  readonly revision: string
  readonly settings: DefinitionSettings
  /** Who made it so, where that was done here. */
  readonly user: string | null
}

/** Older ones than these tell nobody any more what they changed. */
const VERSIONS_LIMIT = 16
const VMS_LIMIT = 256

/** What was read of stored definitions before they are changed, and how they were before: enough to say what changed meanwhile. */
export class StoredDefinitions {
  /** Last read last. */
  readonly #current = new Map<VmId, StoredVersion>()
  /** Of the same, the current one among them, without their texts; the newest last. */
  readonly #versions = new Map<VmId, Omit<StoredVersion, 'xml'>[]>()

  /** The version that was read last; null: none was. */
  of(vmId: VmId): StoredVersion | null {
    return this.#current.get(vmId) ?? null
  }

  /** Reads a definition. `user`: who has just changed it. Errors: those of the link, vm.definition-unreadable. */
  async read(link: HostLink, vm: ActedOn, user: string | null = null): Promise<StoredVersion> {
    const xml = await inactiveXmlOf(link, vm)
    const revision = revisionOf(xml)
    const last = this.#current.get(vm.id)
    const before = this.#versions.get(vm.id) ?? []
    const isSame = last?.revision === revision
    // Passwords are in the text and not in its revision; and who made it so may be told after somebody else has read it.
    const version = {
      xml,
      revision,
      settings: isSame ? last.settings : withXmlErrors(vm, () => readSettings(xml)),
      user: isSame ? (last.user ?? user) : user,
    }
    const { xml: _xml, ...kept } = version
    this.#forget(vm.id)
    this.#current.set(vm.id, version)
    this.#versions.set(vm.id, [...(isSame ? before.slice(0, -1) : before), kept].slice(-VERSIONS_LIMIT))
    for (const oldest of this.#current.keys()) {
      if (this.#current.size <= VMS_LIMIT) break
      this.#forget(oldest)
    }
    return version
  }

  #forget(vmId: VmId): void {
    this.#current.delete(vmId)
    this.#versions.delete(vmId)
  }

  /** Why a change that was decided on `base` is not made: what was changed meanwhile, by whom, or on which host. Null: nothing was. */
  conflictOf({ id, name }: Pick<ActedOn, 'id' | 'name'>, base: string | undefined, host: string): AppError | null {
    const versions = this.#versions.get(id) ?? []
    const current = versions.at(-1)
    if (base === undefined || current === undefined || current.revision === base) return null
    const at = versions.findLastIndex(({ revision }) => revision === base)
    const seen = at < 0 ? null : (versions[at]?.settings ?? null)
    const since = at < 0 ? [current] : versions.slice(at + 1)
    const users = [...new Set(since.flatMap(({ user }) => user ?? []))].join(', ') || host
    const fields = (seen === null ? '' : differingFields(seen, current.settings).join(', ')) || 'XML'
    return new AppError('vm.changed-meanwhile', { name, fields, users }, { subject: name })
  }
}

/** The same for the same text, whatever its passwords. */
function revisionOf(xml: string): string {
  return createHash('sha256').update(withoutSecrets(xml)).digest('base64url').slice(0, 22)
}

function differingFields(one: DefinitionSettings, other: DefinitionSettings): readonly string[] {
  const keys = Object.keys(one) as (keyof DefinitionSettings)[]
  return keys.filter((key) => JSON.stringify(one[key]) !== JSON.stringify(other[key]))
}
