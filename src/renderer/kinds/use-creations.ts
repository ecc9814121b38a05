import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Verdict } from '../../shared/contract/index.ts'
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
  const datacenterId = useCollectionPart('datacenters', ({ entities }) => firstKey(entities)) || null
  const clusterId = useCollectionPart('clusters', ({ entities }) => firstKey(entities)) || null
  const unasked = useConnection() === 'lost' ? t('errors:transport.lost.title') : ''
  const proposals = useMemo(() => proposeCreations(allKinds(), { datacenterId, clusterId }), [datacenterId, clusterId])
  const calls = proposals.flatMap(({ call }) => call ?? [])
  const verdicts = useVerdicts(calls, `${isWritable} ${user}`)
  return proposals.flatMap(({ kind, call, ways }) => {
    const verdict = call === null ? null : verdicts[calls.indexOf(call)]
    const reason = verdict === undefined ? unasked : reasonOf(verdict)
    return ways.map(({ id, label, open }) => ({ kind, id, label: label(t), disabledReason: reason, run: open }))
  })

  function reasonOf(verdict: Verdict): string | null {
    return verdict === null ? null : describeError(verdict, t).title
  }
}

/** What the engine is asked about the kinds of which something can be made. Pure. */
export function proposeCreations(
  kinds: readonly EntityKind[],
  into: Creatable,
): readonly {
  readonly kind: EntityKind
  readonly call: ProposedCall | null
  readonly ways: readonly Pick<NonNullable<EntityKind['create']>, 'id' | 'label' | 'open'>[]
}[] {
  return kinds.flatMap((kind) => {
    const { create } = kind
    if (create === undefined) return []
    return [{ kind, call: create.proposal?.(into) ?? null, ways: [create, ...(create.others ?? [])] }]
  })
}

/** Empty: there is none. */
function firstKey(entities: ReadonlyMap<string, unknown>): string {
  const [first = ''] = entities.keys()
  return first
}
