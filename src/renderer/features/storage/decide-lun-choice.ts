import type { Lun } from '../../../shared/domain/index.ts'

export type LunPurpose = 'create' | 'import'

/** Why a LUN cannot be chosen for a new domain, or to import the one that lies on it; null: it can. Pure. */
export function decideLunChoice(
  { use, storageDomainId, onAllHosts }: Pick<Lun, 'use' | 'storageDomainId' | 'onAllHosts'>,
  purpose: LunPurpose,
): 'in-use' | 'no-domain' | 'not-on-all' | null {
  if (purpose === 'import' && storageDomainId === null) return 'no-domain'
  if (purpose === 'create' && use.kind !== 'free') return 'in-use'
  return onAllHosts ? null : 'not-on-all'
}
