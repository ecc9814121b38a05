import { Button } from '@patternfly/react-core'
import { useTranslation } from 'react-i18next'
import { useEntity } from '../stores/index.ts'
import { endTour, moveTour, TOUR_STEPS, useTourStep } from './demo-tour.ts'

/** In the demo: what there is to try, step by step. It stands in no way: everything beside it works meanwhile. */
export function DemoTour() {
  const { t } = useTranslation()
  const session = useEntity('session', 'session')
  const step = useTourStep()
  if (session?.isSimulated !== true || step === null) return null
  const place = TOUR_STEPS.indexOf(step)
  return (
    <section className="vd-banner vd-tour" aria-label={t('frame:tour.label')}>
      <strong>{t('frame:tour.place', { place: place + 1, count: TOUR_STEPS.length })}</strong>
      <span className="vd-tour__text" role="status">
        {t(`frame:tour.${step}`)}
      </span>
      <Button variant="link" isInline size="sm" isDisabled={place === 0} onClick={() => moveTour(-1)}>
        {t('frame:tour.back')}
      </Button>
      {place < TOUR_STEPS.length - 1 && (
        <Button variant="link" isInline size="sm" onClick={() => moveTour(1)}>
          {t('frame:tour.next')}
        </Button>
      )}
      <Button variant="link" isInline size="sm" onClick={endTour}>
        {t('frame:tour.end')}
      </Button>
    </section>
  )
}
