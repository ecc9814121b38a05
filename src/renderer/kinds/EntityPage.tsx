import { useTranslation } from 'react-i18next'
import { EmptyPage } from '../components/EmptyPage.tsx'
import { PageTabs } from '../components/PageTabs.tsx'
import { isolateName } from '../i18n/index.ts'
import {
  ENTITY_TOPICS,
  type EntityId,
  type EntityName,
  type EntityOf,
  showEntity,
  useCollection,
  useEntity,
} from '../stores/index.ts'
import { kindOf } from './registry.ts'

/** The page of an entity of any kind: its header with actions, and its tabs. */
export function EntityPage<N extends EntityName>(props: {
  readonly kind: N
  readonly id: EntityId<N>
  readonly tab: string
}) {
  const { t } = useTranslation()
  const kind = kindOf(props.kind)
  const topic = ENTITY_TOPICS[props.kind]
  const entity = useEntity(topic, props.id) as EntityOf<N> | undefined
  const { status } = useCollection(topic)
  if (entity === undefined) {
    return status === 'loading' ? <EmptyPage title={t('common:loading')} busy /> : <EmptyPage {...kind.words.gone(t)} />
  }
  const { Header } = kind
  return (
    <div className={kind.isStale?.(entity) === true ? 'vd-page vd-page--stale' : 'vd-page'}>
      <Header entity={entity} />
      <PageTabs
        label={isolateName(entity.name)}
        current={props.tab}
        onChange={(next) => showEntity(props.kind, props.id, next)}
        tabs={kind.tabs.map(({ id, title, Content }) => ({
          id,
          title: title(entity, t),
          content: () => <Content entity={entity} />,
        }))}
      />
    </div>
  )
}
