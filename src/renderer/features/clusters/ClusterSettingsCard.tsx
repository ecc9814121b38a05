import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Cluster } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useEntityActions } from '../../kinds/index.ts'
import { showEntity } from '../../stores/index.ts'
import { describeSetting, SHOWN_SETTINGS } from './setting-text.ts'
import { useMigrationNetwork } from './use-cluster-choices.ts'

/** What is set of a cluster, in words, and the way to change it. */
export function ClusterSettingsCard({ cluster }: { readonly cluster: Cluster }) {
  const { t } = useTranslation()
  const format = useFormat()
  const edit = useEntityActions('cluster', [cluster.id]).byId.get('cluster.edit')
  const network = useMigrationNetwork(cluster.id)
  const facts = SHOWN_SETTINGS.flatMap((name): (readonly [string, ReactNode])[] => {
    const text = describeSetting(cluster.settings, name, t)
    const fact = [
      t(`clusters:label.${name}`),
      name === 'macRange'
        ? `${text} · ${t('clusters:macFree', { free: format.number(cluster.freeMacAddresses) })}`
        : text || null,
    ] as const
    return name === 'migrationPolicy' ? [fact, networkFact()] : [fact]
  })
  // A role of the network, not a setting of the cluster: it stands beside the policy, where it is looked for.
  function networkFact(): readonly [string, ReactNode] {
    return [
      t('clusters:label.migrationNetwork'),
      network === null ? null : (
        <button key="network" type="button" className="vd-cell-link" onClick={() => showEntity('network', network.id)}>
          <Name>{network.name}</Name>
        </button>
      ),
    ]
  }
  return (
    <Card
      title={t('clusters:settings')}
      aside={
        edit === undefined || (edit.disabledReason ?? null) !== null ? null : (
          <button type="button" className="vd-cell-link" onClick={edit.run}>
            {t('clusters:action.edit')}
          </button>
        )
      }
    >
      <Facts isWide facts={facts} />
    </Card>
  )
}
