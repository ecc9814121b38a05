import { useTranslation } from 'react-i18next'
import { ActionButton } from '../components/ActionButton.tsx'
import { EmptyPage } from '../components/EmptyPage.tsx'
import { HomeIcon, PlusIcon } from '../components/icons.ts'
import { PageHeader } from '../components/PageHeader.tsx'
import { type PageTab, PageTabs } from '../components/PageTabs.tsx'
import { ActivationCard, DatacenterOverview } from '../features/datacenters/index.ts'
import { EventList } from '../features/events/index.ts'
import { Welcome } from '../features/hosts/index.ts'
import { useFormat } from '../i18n/index.ts'
import { allKinds, type Creation, creatableKinds, type EntityKind, EntityTable, useCreations } from '../kinds/index.ts'
import { ENTITY_TOPICS, goTo, useCollection, useCollectionPart, useWorkspace } from '../stores/index.ts'

/** Everything: the overview of the datacenters, the list of each kind, all events; the ways in while there is no host yet. */
export function AllPage({ tab }: { readonly tab: string }) {
  const { t } = useTranslation()
  const isLoading = useCollectionPart('hosts', ({ status }) => status === 'loading')
  const hasHosts = useCollectionPart('hosts', ({ entities }) => entities.size > 0)
  const hasClusters = useCollectionPart('clusters', ({ entities }) => entities.size > 1)
  // The kinds were put together before the page: each time the same ones in the same order.
  const lists = allKinds().map(useList)
  const { main, all } = creatableKinds(useWorkspace(({ treeView }) => treeView))
  const creations = useCreations()
  const creationOf = (kind: EntityKind | null) => creations.find(({ id }) => id === kind?.create?.id)
  const others = all.filter((kind) => kind !== main).toReversed()
  if (isLoading) return <EmptyPage title={t('common:loading')} busy />
  if (!hasHosts && !hasClusters) return <FirstStart />
  return (
    <div className="vd-page">
      <PageHeader
        icon={<HomeIcon />}
        title={t('frame:inventory')}
        actions={
          <>
            <CreationButton creation={creationOf(main)} isMain />
            {others.map((kind) => (
              <CreationButton key={kind.name} creation={creationOf(kind)} />
            ))}
          </>
        }
      />
      <PageTabs
        label={t('frame:inventory')}
        current={tab}
        onChange={(next) => goTo({ kind: 'all', tab: next })}
        tabs={[
          { id: 'overview', title: t('frame:overview'), content: () => <DatacenterOverview /> },
          ...lists,
          { id: 'events', title: t('hosts:tab.events'), content: () => <EventList subjectIds={[]} /> },
        ]}
      />
    </div>
  )
}

/** The ways in, and below them what is to be done until the first datacenter is up. */
function FirstStart() {
  const { entities } = useCollection('datacenters')
  const [first, ...others] = entities.values()
  return (
    <Welcome>{first === undefined || others.length > 0 ? null : <ActivationCard datacenter={first} isQuiet />}</Welcome>
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

function CreationButton(props: { readonly creation: Creation | undefined; readonly isMain?: boolean }) {
  const { creation, isMain = false } = props
  if (creation === undefined) return null
  const { label, disabledReason, run, kind } = creation
  return (
    <ActionButton
      primary={isMain}
      label={label}
      icon={isMain ? <PlusIcon /> : <kind.Icon />}
      disabledReason={disabledReason}
      onClick={run}
    />
  )
}
