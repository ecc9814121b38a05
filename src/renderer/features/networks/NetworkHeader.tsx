import { Label } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import type { Network, VnicProfile } from '../../../shared/domain/index.ts'
import { EntryButton } from '../../components/ActionButton.tsx'
import { EllipsisVIcon, NetworkIcon, PlugIcon } from '../../components/icons.ts'
import { MenuButton } from '../../components/menu.tsx'
import { PageHeader } from '../../components/PageHeader.tsx'
import { StatusLabel } from '../../components/StatusLabel.tsx'
import { EntityBreadcrumb, useEntityActions } from '../../kinds/index.ts'
import { describeNetwork, describeVlan, networkTone, statusOfNetwork } from './status.ts'

/** What the network is called, how it stands, and what can be done to it. */
export function NetworkHeader({ entity: network }: { readonly entity: Network }) {
  const { t } = useTranslation()
  const { byId, menu } = useEntityActions('network', [network.id])
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="network" entity={network} />}
      icon={<NetworkIcon />}
      title={network.name}
      labels={
        <>
          <StatusLabel
            tone={networkTone(network)}
            status={statusOfNetwork(network)}
            word={describeNetwork(network, t)}
          />
          <Label isCompact variant="outline">
            {describeVlan(network, t)}
          </Label>
          {network.isManagement ? (
            <Label isCompact variant="outline">
              {t('networks:management')}
            </Label>
          ) : null}
        </>
      }
      actions={
        <>
          <EntryButton entry={byId.get('network.edit')} />
          <EntryButton entry={byId.get('network.create-profile')} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
        </>
      }
    />
  )
}

/** What the profile is called, and what can be done to it. */
export function ProfileHeader({ entity: profile }: { readonly entity: VnicProfile }) {
  const { t } = useTranslation()
  const { byId, menu } = useEntityActions('vnic-profile', [profile.id])
  return (
    <PageHeader
      breadcrumb={<EntityBreadcrumb kind="vnic-profile" entity={profile} />}
      icon={<PlugIcon />}
      title={profile.name}
      labels={
        <Label isCompact variant="outline">
          {t('networks:profile.one')}
        </Label>
      }
      actions={
        <>
          <EntryButton entry={byId.get('vnic-profile.edit')} />
          <MenuButton plain label={<EllipsisVIcon />} ariaLabel={t('common:allActions')} entries={menu} />
        </>
      }
    />
  )
}
