import { useEffect, useState } from 'react'
import type { HostId, MigrationVerdict, VmId } from '../../../shared/domain/index.ts'
import type { WireError } from '../../../shared/errors/index.ts'
import { useEngineClient } from '../../stores/index.ts'

export interface Verdicts {
  /** Null: not told yet. */
  readonly hosts: readonly MigrationVerdict[] | null
  readonly error: WireError | null
}

const NOTHING: Verdicts = { hosts: null, error: null }

interface VerdictWishes {
  /** With the disks that only their hosts have. */
  readonly copyDisks: boolean
  readonly otherClusters: boolean
}

/** What hosts say to machines that want to come. With `hostId` that host is asked itself, too; an empty list asks nobody. */
export function useVerdicts(
  vmIds: readonly VmId[],
  { copyDisks, otherClusters }: VerdictWishes,
  hostId?: HostId,
): Verdicts {
  const client = useEngineClient()
  const [told, setTold] = useState(NOTHING)
  const key = vmIds.join(' ')
  useEffect(() => {
    setTold(NOTHING)
    if (key === '') return
    let isCurrent = true
    const input = {
      vmIds: key.split(' ') as VmId[],
      copyDisks,
      otherClusters,
      ...(hostId === undefined ? {} : { hostId }),
    }
    void client.call('vm.can-migrate', input).then((result) => {
      if (!isCurrent) return
      setTold(result.ok ? { hosts: result.value.hosts, error: null } : { hosts: null, error: result.error })
    })
    return () => {
      isCurrent = false
    }
  }, [client, key, copyDisks, otherClusters, hostId])
  return told
}
