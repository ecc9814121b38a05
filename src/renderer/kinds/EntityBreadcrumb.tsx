import { useTranslation } from 'react-i18next'
import { Breadcrumb } from '../components/PageHeader.tsx'
import type { EntityOf } from '../stores/index.ts'
import {
  ENTITY_TOPICS,
  type EntityMap,
  type EntityName,
  type EntityRef,
  goTo,
  showEntity,
  useEngine,
} from '../stores/index.ts'
import { kindOf } from './registry.ts'
import { useNameOf } from './use-name-of.ts'

/** Longer chains of parents are those of a circle. */
const DEEPEST = 16

/** The way from the whole inventory down to what an entity hangs under. */
export function EntityBreadcrumb<N extends EntityName>(props: { readonly kind: N; readonly entity: EntityOf<N> }) {
  const { t } = useTranslation()
  const { collections } = useEngine()
  const kind = kindOf(props.kind)
  const nameOf = useNameOf(kind.refersTo)
  const parents: EntityRef[] = []
  let parent = kind.parents.compute?.(props.entity) ?? null
  while (parent !== null && parents.length < DEEPEST) {
    parents.unshift(parent)
    const { kind: name, id } = parent
    const entities = collections.store(ENTITY_TOPICS[name]).getState().entities as unknown as EntityMap<
      EntityOf<EntityName>
    >
    const entity = entities.get(id)
    parent = entity === undefined ? null : (kindOf(name).parents.compute?.(entity) ?? null)
  }
  return (
    <Breadcrumb
      steps={[
        { label: t('frame:tree.view.compute'), onClick: () => goTo({ kind: 'all', tab: 'hosts' }) },
        ...parents.map((ref) => ({
          label: nameOf(ref) || '…',
          onClick: () => showEntity(ref.kind, ref.id as never),
        })),
      ]}
    />
  )
}
