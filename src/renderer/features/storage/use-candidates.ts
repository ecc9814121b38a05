import { useEffect, useState } from 'react'
import type { CommandOutput } from '../../../shared/contract/index.ts'
import type { StorageDomain } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { useCollection, useEngineClient } from '../../stores/index.ts'

interface Found {
  /** Null: not read yet. */
  readonly candidates: CommandOutput<'storage.candidates'> | null
  readonly error: WireError | null
}

const NOTHING: Found = { candidates: null, error: null }

/** What a domain describes and nobody has registered; read again when machines come or go, and when the domain is in use again. */
export function useCandidates({ id, status, type }: Pick<StorageDomain, 'id' | 'status' | 'type'>): Found {
  const client = useEngineClient()
  const { entities: vms } = useCollection('vms')
  const [found, setFound] = useState<Found & { readonly of: string }>({ ...NOTHING, of: id })
  const vmCount = vms.size
  // biome-ignore lint/correctness/useExhaustiveDependencies: how many machines there are tells that one was registered
  useEffect(() => {
    if (status !== 'active' || type !== 'data') return undefined
    let isOver = false
    void client.call('storage.candidates', { storageDomainId: id }).then((result) => {
      if (isOver) return
      setFound({
        of: id,
        ...(result.ok ? { candidates: result.value, error: null } : { ...NOTHING, error: result.error }),
      })
    })
    return () => {
      isOver = true
    }
  }, [client, id, status, type, vmCount])
  return found.of === id ? found : NOTHING
}
