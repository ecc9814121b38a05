import { useTranslation } from 'react-i18next'
import { Breadcrumb } from '../components/PageHeader.tsx'
import { type EntityName, type EntityOf, goTo, showEntity, useEngine, useWorkspace } from '../stores/index.ts'
import { findAncestors } from './find-ancestors.ts'
import { allKinds, kindOf } from './registry.ts'
import { useNameOf } from './use-name-of.ts'

/** The way from the whole inventory down to what an entity hangs under. */
export function EntityBreadcrumb<N extends EntityName>(props: { readonly kind: N; readonly entity: EntityOf<N> }) {
  const { t } = useTranslation()
  const { collections } = useEngine()
  const view = useWorkspace(({ treeView }) => treeView)
  const { rank } = kindOf(props.kind)
  const nameOf = useNameOf(
    allKinds()
      .filter((kind) => kind.rank < rank)
      .map(({ name }) => name),
  )
  return (
    <Breadcrumb
      steps={[
        { label: t('frame:inventory'), onClick: () => goTo({ kind: 'all', tab: 'overview' }) },
        ...findAncestors(collections, props.kind, props.entity, view)
          .toReversed()
          .map((ref) => ({
            label: nameOf(ref) || '…',
            onClick: () => showEntity(ref.kind, ref.id as never),
          })),
      ]}
    />
  )
}
