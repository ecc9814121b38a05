import { useMemo } from 'react'
import { isBlockStorage, type StorageDomain } from '../../../../shared/domain/index.ts'
import { useDomainChoices } from '../../disks/index.ts'

const FOR_BACKUPS = ['data'] as const

/** The active data domains that have a folder, by name: those on LUNs hold no backups. */
export function useBackupDomains(): readonly StorageDomain[] {
  const choices = useDomainChoices(FOR_BACKUPS)
  return useMemo(() => choices.filter(({ storage }) => !isBlockStorage(storage)), [choices])
}
