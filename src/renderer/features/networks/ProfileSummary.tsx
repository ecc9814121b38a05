import { useTranslation } from 'react-i18next'
import type { VnicProfile } from '../../../shared/domain/index.ts'
import { Card, Facts } from '../../components/Card.tsx'
import { Name } from '../../components/Name.tsx'
import { useFormat } from '../../i18n/index.ts'
import { showEntity, showVm } from '../../stores/index.ts'
import { describeLimit } from './profile-text.ts'
import { type MachineWith, useMachinesWith } from './use-machines-with.ts'

const USERS_SHOWN = 20

/** What a machine's network card may do with the profile, and what each permission opens. */
export function ProfileSummary({ profile }: { readonly profile: VnicProfile }) {
  const { t } = useTranslation()
  const format = useFormat()
  const yesNo = (on: boolean) => t(on ? 'networks:yes' : 'networks:no')
  const opened = (['macSpoofing', 'trunk', 'portMirroring', 'passthrough'] as const).filter((flag) => profile[flag])
  const unlimited = t('networks:profile.unlimited')
  return (
    <div className="vd-summary">
      {profile.description === '' ? null : <p className="vd-summary__note">{profile.description}</p>}
      <div className="vd-summary__columns">
        <Card title={t('networks:general.title')}>
          <Facts
            facts={[
              [
                t('networks:all.one'),
                <button
                  key="network"
                  type="button"
                  className="vd-cell-link"
                  onClick={() => showEntity('network', profile.networkId)}
                >
                  <Name>{profile.networkName}</Name>
                </button>,
              ],
              [t('networks:label.filter'), profile.filter === null ? t('networks:profile.noFilter') : profile.filter],
              [t('networks:label.macSpoofing'), yesNo(profile.macSpoofing)],
              [t('networks:label.trunk'), yesNo(profile.trunk)],
              [t('networks:label.portMirroring'), yesNo(profile.portMirroring)],
              [t('networks:label.passthrough'), yesNo(profile.passthrough)],
            ]}
          />
        </Card>
        <Card title={t('networks:profile.limits')}>
          <Facts
            facts={[
              [t('networks:profile.inbound'), describeLimit(profile.qos.inbound, t, format) ?? unlimited],
              [t('networks:profile.outbound'), describeLimit(profile.qos.outbound, t, format) ?? unlimited],
            ]}
          />
        </Card>
        <UsersCard profile={profile} />
        {opened.length === 0 ? null : (
          <Card title={t('networks:profile.opens')}>
            {opened.map((flag) => (
              <p key={flag} className="vd-card__text">
                <strong>{t(`networks:label.${flag}`)}</strong>: {t(`networks:profileAbout.${flag}`)}
              </p>
            ))}
          </Card>
        )}
      </div>
    </div>
  )
}

/** The machines with a network card of it, and those of them that are not as it says yet. */
function UsersCard({ profile }: { readonly profile: VnicProfile }) {
  const { t } = useTranslation()
  const users = useMachinesWith(profile.id)
  const rest = users.length - USERS_SHOWN
  const isBehind = ({ revisions }: MachineWith) => revisions.some((revision) => revision !== profile.revision)
  return (
    <Card title={t('networks:profile.users')}>
      {users.length === 0 ? (
        <p className="vd-subtle vd-card__text">{t('networks:profile.nobody')}</p>
      ) : (
        <ul className="vd-names" aria-label={t('networks:profile.users')}>
          {users.slice(0, USERS_SHOWN).map((user) => (
            <li key={user.vm.id}>
              <button type="button" className="vd-cell-link" onClick={() => showVm(user.vm.id)}>
                <Name>{user.vm.name}</Name>
              </button>
              {user.waits || isBehind(user) ? (
                <span className="vd-subtle">
                  {t(user.waits ? 'networks:profile.atNextStart' : 'networks:profile.behind')}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {rest <= 0 ? null : <p className="vd-subtle vd-card__text">{t('networks:profile.moreUsers', { count: rest })}</p>}
    </Card>
  )
}
