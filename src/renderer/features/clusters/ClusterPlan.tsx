import type { UseFormReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { type Cluster, type ClusterSettings, defaultClusterSettings } from '../../../shared/domain/index.ts'
import { Facts } from '../../components/Card.tsx'
import { StatusMark } from '../../components/StatusMark.tsx'
import { useCollection } from '../../stores/index.ts'
import { type ClusterForm, findSharedRanges, settingsOfForm } from './cluster-form.ts'
import { describeSetting } from './setting-text.ts'

const NAMES = [
  'description',
  'cpuModel',
  'memoryOvercommitPercent',
  'ksm',
  'ballooning',
  'migrationPolicy',
  'diskAllocation',
  'machineType',
  'firmware',
  'consoleType',
] as const satisfies readonly (keyof ClusterSettings)[]

/** What a filled form comes to, in words; `before`: how it was, of which only what changes is shown. */
export function ClusterPlan(props: {
  readonly form: UseFormReturn<ClusterForm>
  readonly datacenterName: string
  readonly before: Pick<Cluster, 'id' | 'name' | 'settings'> | null
}) {
  const { t } = useTranslation()
  const values = props.form.watch()
  const { before } = props
  const { entities: clusters } = useCollection('clusters')
  const shared = findSharedRanges(
    values,
    [...clusters.values()].filter(({ id }) => id !== before?.id),
  )
  const changes = settingsOfForm(values)
  const settings: ClusterSettings = {
    ...defaultClusterSettings,
    ...changes,
    macRange: changes.macRange ?? { from: '', to: '' },
  }
  const range =
    changes.macRange === undefined ? t('clusters:value.freeBlock') : describeSetting(settings, 'macRange', t)
  const now = [
    ['name', t('clusters:label.name'), values.name.trim()] as const,
    ...NAMES.map((name) => [name, t(`clusters:label.${name}`), describeSetting(settings, name, t)] as const),
    ['macRange', t('clusters:label.macRange'), range] as const,
  ]
  if (before === null) {
    return (
      <>
        <Facts
          isWide
          facts={[
            [t('clusters:label.datacenter'), props.datacenterName],
            ...now.map(([, label, text]): [string, string | null] => [label, text || null]),
          ]}
        />
        <SharedRanges names={shared} />
        <p className="vd-subtle">{t('clusters:plan.create')}</p>
      </>
    )
  }
  const wasOf = (name: (typeof now)[number][0]) =>
    name === 'name' ? before.name : describeSetting(before.settings, name, t)
  const changed = now.filter(([name, , text]) => text !== wasOf(name))
  if (changed.length === 0) return <p>{t('clusters:plan.nothing')}</p>
  return (
    <>
      <Facts
        isWide
        facts={changed.map(([name, label, text]) => [
          label,
          <span key={name}>
            <del>{wasOf(name) || t('clusters:plan.empty')}</del> → <ins>{text || t('clusters:plan.empty')}</ins>
          </span>,
        ])}
      />
      <SharedRanges names={shared} />
      <p className="vd-subtle">{t('clusters:plan.edit')}</p>
    </>
  )
}

/** That the range of addresses is not the cluster's alone: said before, as two machines may be given one address after. */
function SharedRanges({ names }: { readonly names: readonly string[] }) {
  const { t } = useTranslation()
  if (names.length === 0) return null
  return (
    <p role="status">
      <StatusMark tone="warning" /> {t('clusters:plan.macOverlap', { clusters: names.join(', ') })}
    </p>
  )
}
