import { useTranslation } from 'react-i18next'
import type { VmGuest, VmId } from '../../../../shared/domain/index.ts'
import { Card, Facts } from '../../../components/Card.tsx'
import { isolateName, useFormat } from '../../../i18n/index.ts'
import { useCollection } from '../../../stores/index.ts'

/** More than these are counted only. */
const SHOWN = 8

/** What the guest's agent says of its system. Nothing where none is connected. */
export function GuestCard({ vmId }: { readonly vmId: VmId }) {
  const { t } = useTranslation()
  const format = useFormat()
  const guest = useCollection('vm.guest', vmId).entities.get('guest')
  if (guest === undefined) return null
  const { hostName, system, kernel, timeZone, users, fileSystems } = guest
  const names = [...new Set(users?.map(({ name }) => name))]
  return (
    <Card title={t('vms:guest.title')}>
      <Facts
        facts={[
          [t('vms:guest.hostName'), hostName],
          [t('vms:guest.system'), system],
          [t('vms:guest.kernel'), kernel],
          [t('vms:guest.timeZone'), timeZone],
          [
            t('vms:guest.users'),
            users === null ? null : names.slice(0, SHOWN).map(isolateName).join(', ') || t('vms:guest.nobody'),
          ],
          ...(fileSystems ?? [])
            .slice(0, SHOWN)
            .map((each) => [isolateName(each.mountPoint), describeSpace(each)] as const),
          ...(fileSystems !== null && fileSystems.length > SHOWN
            ? [[t('common:andMore', { count: fileSystems.length - SHOWN }), ''] as const]
            : []),
        ]}
      />
    </Card>
  )

  function describeSpace({ type, totalBytes, usedBytes }: NonNullable<VmGuest['fileSystems']>[number]): string {
    if (totalBytes === null || usedBytes === null) return type
    return t('vms:guest.space', { used: format.bytes(usedBytes), total: format.bytes(totalBytes), type })
  }
}
