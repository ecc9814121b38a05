import { useTranslation } from 'react-i18next'
import type { Cluster } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { useFormat } from '../../i18n/index.ts'
import { useEntityActions } from '../../kinds/index.ts'
import { describeSetting, SHOWN_SETTINGS } from './setting-text.ts'

/** What is set of a cluster, in words, and the way to change it. */
export function ClusterSettingsCard({ cluster }: { readonly cluster: Cluster }) {
  const { t } = useTranslation()
  const format = useFormat()
  const edit = useEntityActions('cluster', [cluster.id]).byId.get('cluster.edit')
  const facts = SHOWN_SETTINGS.map((name): readonly [string, string | null] => {
    const text = describeSetting(cluster.settings, name, t)
    return [
      t(`clusters:label.${name}`),
      name === 'macRange'
        ? `${text} · ${t('clusters:macFree', { free: format.number(cluster.freeMacAddresses) })}`
        : text || null,
    ]
  })
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
