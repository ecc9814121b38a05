import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Verdict } from '../../shared/contract/index.ts'
import type { ClusterId, Datacenter } from '../../shared/domain/index.ts'
import { describeError } from '../i18n/index.ts'
import { type ProposedCall, useCollectionPart, useConnection, useEntity, useVerdicts } from '../stores/index.ts'
import type { Creatable, EntityKind } from './entity-kind.ts'
import { allKinds } from './registry.ts'

/** A way to make something, ready for menus, buttons and the palette. */
export interface Creation {
  readonly kind: EntityKind
  readonly id: string
  readonly label: string
  /** Why it cannot be made now; null: it can. Empty: nobody has said yet. */
  readonly disabledReason: string | null
  readonly run: () => void
}

/** Everything that can be made of any kind, in the order of the kinds, with the engine's word on whether it may be. */
export function useCreations(): readonly Creation[] {
  const { t } = useTranslation()
  const isWritable = useEntity('inventory', 'inventory')?.writable
  const user = useEntity('session', 'session')?.user
  // Also what is asked about them depends on.
  const datacenters = useCollectionPart('datacenters', ({ entities }) => JSON.stringify(summarize(entities)))
  const clusterId = useCollectionPart('clusters', ({ entities }) => firstKey(entities)) || null
  const unasked = useConnection() === 'lost' ? t('errors:transport.lost.title') : ''
  const proposals = useMemo(
    () =>
      proposeCreations(allKinds(), {
        datacenters: JSON.parse(datacenters) as Creatable['datacenters'],
        clusterId: clusterId as ClusterId | null,
      }),
    [datacenters, clusterId],
  )
  const asked = proposals.flatMap(({ calls }) => calls)
  const verdicts = useVerdicts(asked, `${isWritable} ${user} ${datacenters}`)
  return proposals.flatMap(({ kind, calls, ways }) => {
    const verdict = decideCreatable(calls.map((call) => verdicts[asked.indexOf(call)]))
    const reason = verdict === undefined ? unasked : reasonOf(verdict)
    return ways.map(({ id, label, open }) => ({ kind, id, label: label(t), disabledReason: reason, run: open }))
  })

  function reasonOf(verdict: Verdict): string | null {
    return verdict === null ? null : describeError(verdict, t).title
  }
}

/** Of this many places the engine is asked whether something may be made there. */
const ASKED_MAX = 20

/** May it be made somewhere? Null: yes, or nobody is asked. Undefined: nobody has said yet. Pure. */
export function decideCreatable(verdicts: readonly (Verdict | undefined)[]): Verdict | undefined {
  if (verdicts.length === 0 || verdicts.includes(null)) return null
  return verdicts.includes(undefined) ? undefined : verdicts[0]
}

/** What the engine is asked about the kinds of which something can be made. Pure. */
export function proposeCreations(
  kinds: readonly EntityKind[],
  into: Creatable,
): readonly {
  readonly kind: EntityKind
  readonly calls: readonly ProposedCall[]
  readonly ways: readonly Pick<NonNullable<EntityKind['create']>, 'id' | 'label' | 'open'>[]
}[] {
  return kinds.flatMap((kind) => {
    const { create } = kind
    if (create === undefined) return []
    return [
      { kind, calls: create.proposals?.(into).slice(0, ASKED_MAX) ?? [], ways: [create, ...(create.others ?? [])] },
    ]
  })
}

/** What a datacenter takes, and what decides whether it takes it now. */
function summarize(entities: ReadonlyMap<string, Datacenter>) {
  return [...entities.values()].map(({ id, storageType, status, population }) => ({
    id,
    storageType,
    status,
    hosts: population.hostsByStatus,
  }))
}

/** Empty: there is none. */
function firstKey(entities: ReadonlyMap<string, unknown>): string {
  const [first = ''] = entities.keys()
  return first
}
