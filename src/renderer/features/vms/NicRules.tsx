import { useTranslation } from 'react-i18next'
import type { VmNic, VnicProfile } from '../../../shared/domain/index.ts'
import { Name } from '../../components/Name.tsx'
import { useFormat } from '../../i18n/index.ts'
import { showEntity } from '../../stores/index.ts'

/** Has a card what its profile said before it was changed? Pure. */
export function isBehind({ vnicProfile }: VmNic, profile: VnicProfile | undefined): boolean {
  return vnicProfile !== undefined && profile !== undefined && vnicProfile.revision !== profile.revision
}

/** What a network card may do where it is plugged in: its vNIC profile as a link, its filter, its limits. Nothing where nobody has said any. */
export function NicRules({ nic, profile }: { readonly nic: VmNic; readonly profile: VnicProfile | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rate = (limit: { readonly averageKiBps: number }) =>
    t('networks:profile.perSecond', { size: format.kib(limit.averageKiBps) })
  const { inbound = null, outbound = null } = nic.qos ?? {}
  const rules = [
    ...(nic.filter === undefined ? [] : [t('vms:devices.filter', { filter: nic.filter })]),
    ...(inbound === null ? [] : [t('vms:devices.limitIn', { limit: rate(inbound) })]),
    ...(outbound === null ? [] : [t('vms:devices.limitOut', { limit: rate(outbound) })]),
  ].join(', ')
  if (nic.vnicProfile === undefined && rules === '') return null
  return (
    <div className="vd-subtle vd-table__wrap">
      {nic.vnicProfile === undefined ? null : profile === undefined ? (
        t('vms:devices.profileGone')
      ) : (
        <button type="button" className="vd-cell-link" onClick={() => showEntity('vnic-profile', profile.id)}>
          <Name whole={rules}>
            {t(isBehind(nic, profile) ? 'vms:devices.profileBehind' : 'vms:devices.profile', { name: profile.name })}
          </Name>
        </button>
      )}
      {rules === '' ? null : <div>{rules}</div>}
    </div>
  )
}
