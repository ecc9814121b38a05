import { useTranslation } from 'react-i18next'
import { ActionButton } from '../../components/ActionButton.tsx'
import { Card } from '../../components/Card.tsx'
import { addressWords } from './address-form.ts'
import type { ManagementOffer } from './decide-attachment.ts'

/** Offers to move the host's own address into the management network. Nobody has to. */
export function OfferCard({
  offer: { network, ownAddress },
  onTake,
}: {
  readonly offer: ManagementOffer
  readonly onTake: () => void
}) {
  const { t } = useTranslation()
  const words = {
    name: network.name,
    nic: ownAddress.nic,
    address: addressWords(ownAddress, (method) => t(`networks:method.${method}`)),
  }
  return (
    <Card title={t('networks:offer.title', words)}>
      <p className="vd-card__text">{t(network.vmNetwork ? 'networks:offer.bridge' : 'networks:offer.plain', words)}</p>
      <ActionButton label={t('networks:offer.take', words)} onClick={onTake} />
    </Card>
  )
}
