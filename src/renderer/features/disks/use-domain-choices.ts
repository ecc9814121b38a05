import { useMemo } from 'react'
import type { StorageDomain, StorageDomainType } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { useCollection } from '../../stores/index.ts'

/** The active domains of these types, by name: those that files can be put into. */
export function useDomainChoices(types: readonly StorageDomainType[]): readonly StorageDomain[] {
  const { entities } = useCollection('storage-domains')
  return useMemo(
    () =>
      [...entities.values()]
        .filter(({ status, type }) => status === 'active' && types.includes(type))
        .sort((a, b) => compareTexts(a.name, b.name)),
    [entities, types],
  )
}
