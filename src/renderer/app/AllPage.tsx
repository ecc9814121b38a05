import { useTranslation } from 'react-i18next'
import { ActionButton } from '../components/ActionButton.tsx'
import { EmptyPage } from '../components/EmptyPage.tsx'
import { HomeIcon, PlusIcon } from '../components/icons.ts'
import { PageHeader } from '../components/PageHeader.tsx'
import { type PageTab, PageTabs } from '../components/PageTabs.tsx'
import { EventList } from '../features/events/index.ts'
import { Welcome } from '../features/hosts/index.ts'
import { useFormat } from '../i18n/index.ts'
import { allKinds, type EntityKind, EntityTable } from '../kinds/index.ts'
import { ENTITY_TOPICS, goTo, openDialog, useCollectionPart } from '../stores/index.ts'

/** Everything: the list of each kind, all events; the ways in while there is no host yet. */
export function AllPage({ tab }: { readonly tab: string }) {
  const { t } = useTranslation()
  const isLoading = useCollectionPart('hosts', ({ status }) => status === 'loading')
  const isEmpty = useCollectionPart('hosts', ({ entities }) => entities.size === 0)
  // The kinds were put together before the page: each time the same ones in the same order.
  const lists = allKinds().map(useList)
  if (isLoading) return <EmptyPage title={t('common:loading')} busy />
  if (isEmpty) return <Welcome />
  return (
    <div className="vd-page">
      <PageHeader
        icon={<HomeIcon />}
        title={t('hosts:all.title')}
        actions={
          <ActionButton
            primary
            label={t('hosts:action.add')}
            icon={<PlusIcon />}
            onClick={() => openDialog({ kind: 'add-host' })}
          />
        }
      />
      <PageTabs
        label={t('hosts:all.title')}
        current={tab}
        onChange={(next) => goTo({ kind: 'all', tab: next })}
        tabs={[...lists, { id: 'events', title: t('hosts:tab.events'), content: () => <EventList subjectIds={[]} /> }]}
      />
    </div>
  )
}

/** The list of a kind, with how many there are: "Hosts · 12". */
function useList(kind: EntityKind): PageTab {
  const { t } = useTranslation()
  const format = useFormat()
  const topic = ENTITY_TOPICS[kind.name]
  const count = useCollectionPart(topic, ({ entities }) => entities.size)
  return {
    id: topic,
    title: `${kind.words.many(t)} · ${format.number(count)}`,
    content: () => <EntityTable key={kind.name} kind={kind.name} within={null} />,
  }
}
