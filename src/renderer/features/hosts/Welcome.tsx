import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ActionButton } from '../../components/ActionButton.tsx'
import { LaptopIcon, PlusIcon, ServerIcon } from '../../components/icons.ts'
import { useCreations } from '../../kinds/index.ts'
import { openDialog, useCollection, useEntity } from '../../stores/index.ts'

/** First start: the ways in; `children`: what is to be done further. */
export function Welcome({ children }: { readonly children?: ReactNode }) {
  const { t } = useTranslation()
  const socket = useLocalSocket()
  const refusal = useCreations().find(({ id }) => id === 'host.add')?.disabledReason ?? null
  return (
    <div className="vd-welcome">
      <h1 className="vd-welcome__title">{t('hosts:welcome.title')}</h1>
      <p className="vd-welcome__lead">{t('hosts:welcome.lead')}</p>
      <div className="vd-welcome__ways">
        <section className="vd-card vd-welcome__way">
          <ServerIcon className="vd-welcome__icon" />
          <h2>{t('hosts:welcome.sshTitle')}</h2>
          <p>{t('hosts:welcome.sshBody')}</p>
          <div className="vd-welcome__buttons">
            <ActionButton
              primary
              label={t('hosts:action.add')}
              icon={<PlusIcon />}
              disabledReason={refusal}
              onClick={() => openDialog({ kind: 'add-host' })}
            />
            <ActionButton
              label={t('hosts:action.addMany')}
              disabledReason={refusal}
              onClick={() => openDialog({ kind: 'add-hosts' })}
            />
          </div>
        </section>
        <section className="vd-card vd-welcome__way">
          <LaptopIcon className="vd-welcome__icon" />
          <h2>{t('hosts:welcome.localTitle')}</h2>
          <p>{socket === null ? t('hosts:welcome.localNone') : t('hosts:welcome.localBody', { socket })}</p>
          <ActionButton
            label={t('hosts:welcome.local')}
            icon={<PlusIcon />}
            disabledReason={socket === null ? t('hosts:welcome.localNone') : refusal}
            onClick={() => openDialog({ kind: 'add-host', local: true })}
          />
        </section>
      </div>
      {children}
    </div>
  )
}

/** This computer's libvirt socket, when it is there and not added yet. */
export function useLocalSocket(): string | null {
  const session = useEntity('session', 'session')
  const { entities } = useCollection('hosts')
  const added = [...entities.values()].some(({ transport }) => transport === 'local')
  return added ? null : (session?.localSocket ?? null)
}
