import { useEffect, useState } from 'react'
import type { CommandPlan } from '../../../shared/contract/index.ts'
import type { HostId } from '../../../shared/domain/index.ts'
import type { HostRefusal, WireError } from '../../../shared/errors/index.ts'
import { useEngineClient } from '../../stores/index.ts'

/** A machine that will be migrated, and where to. */
export interface Departure {
  readonly vmId: string
  readonly name: string
  readonly destination: string
}

export interface Evacuation {
  readonly moving: readonly Departure[]
  readonly stuck: readonly { readonly name: string; readonly error: WireError }[]
  /** Why the engine did not say. */
  readonly error: WireError | null
  readonly isAsked: boolean
}

const NOT_ASKED: Evacuation = { moving: [], stuck: [], error: null, isAsked: false }

/** What the engine plans for the machines of hosts that are to be emptied: the same plan that runs. */
export function useEvacuation(hostIds: readonly HostId[]): Evacuation {
  const client = useEngineClient()
  const [evacuation, setEvacuation] = useState(NOT_ASKED)
  const key = hostIds.join()
  useEffect(() => {
    let isCurrent = true
    const ask = async () => {
      const ids = key.split(',') as HostId[]
      const [leaving, refused] = await Promise.all([
        client.plan('host.maintenance', { hostIds: ids, unmovable: 'leave' }),
        client.plan('host.maintenance', { hostIds: ids, unmovable: 'refuse' }),
      ])
      if (!isCurrent) return
      const error = leaving.ok ? (refused.ok ? null : refused.error) : leaving.error
      const moving = leaving.ok ? departuresIn(leaving.value) : []
      setEvacuation({ moving, stuck: refused.ok ? stuckIn(refused.value) : [], error, isAsked: error === null })
    }
    void ask()
    return () => {
      isCurrent = false
    }
  }, [client, key])
  return evacuation
}

/** The rows of a plan that migrate something. Pure. */
export function departuresIn({ rows }: Pick<CommandPlan, 'rows'>): readonly Departure[] {
  return rows.flatMap(({ subject, steps: [first] }) =>
    subject.kind === 'vm' && first !== undefined
      ? [{ vmId: subject.id, name: subject.name, destination: String(first.text.params.destination ?? '') }]
      : [],
  )
}

/** Whom no other host can take, and why. Pure. */
export function stuckIn({ rows }: Pick<CommandPlan, 'rows'>): Evacuation['stuck'] {
  return rows.flatMap(({ error }) => {
    if (error?.code !== 'host.cannot-be-emptied') return []
    const refusals = (error.params.refusals ?? []) as readonly HostRefusal[]
    return refusals.map((refusal) => ({
      name: refusal.name,
      error: { ...refusal.error, retry: 'never', technical: [] } as unknown as WireError,
    }))
  })
}
