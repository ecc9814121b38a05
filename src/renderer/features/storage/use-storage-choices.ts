import { useMemo } from 'react'
import type { Datacenter, StorageDomain } from '../../../shared/domain/index.ts'
import { compareTexts } from '../../components/compare-texts.ts'
import { useCollection } from '../../stores/index.ts'

/** What a new domain can be put into, and what is there already. */
export interface StorageChoices {
  readonly datacenters: readonly Pick<Datacenter, 'id' | 'name' | 'storageType'>[]
  readonly domains: readonly Pick<StorageDomain, 'datacenterId' | 'type'>[]
}

/** The datacenters by name, and the domains that there are. */
export function useStorageChoices(): StorageChoices {
  const { entities: datacenters } = useCollection('datacenters')
  const { entities: domains } = useCollection('storage-domains')
  return useMemo(
    () => ({
      datacenters: [...datacenters.values()].sort((a, b) => compareTexts(a.name, b.name)),
      domains: [...domains.values()],
    }),
    [datacenters, domains],
  )
}

/** What the first page of the wizard depends on, for a datacenter. Pure. */
export function standingOf({ datacenters, domains }: StorageChoices, datacenterId: string | null) {
  const own = domains.filter((domain) => domain.datacenterId === datacenterId)
  return {
    isLocal: datacenters.find(({ id }) => id === datacenterId)?.storageType === 'local',
    hasData: own.some(({ type }) => type === 'data'),
    hasIso: own.some(({ type }) => type === 'iso'),
  }
}
