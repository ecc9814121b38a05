import { createStore, useStore } from 'zustand'

/** What the tour shows, in this order. */
export const TOUR_STEPS = ['tree', 'drag', 'screen', 'search', 'maintenance', 'own'] as const
export type TourStep = (typeof TOUR_STEPS)[number]

const STORAGE_KEY = 'virtdeck.demo-tour'
const ENDED = 'ended'

/** Where the tour is; null: it was ended, also before the page was loaded anew. */
const tour = createStore<{ readonly step: TourStep | null }>(() => ({
  step: typeof sessionStorage !== 'undefined' && sessionStorage.getItem(STORAGE_KEY) === ENDED ? null : TOUR_STEPS[0],
}))

export function useTourStep(): TourStep | null {
  return useStore(tour, ({ step }) => step)
}

/** Shows the tour from its first step, as also somebody can who had ended it. */
export function beginTour(): void {
  sessionStorage.removeItem(STORAGE_KEY)
  tour.setState({ step: TOUR_STEPS[0] })
}

export function endTour(): void {
  sessionStorage.setItem(STORAGE_KEY, ENDED)
  tour.setState({ step: null })
}

/** One step on (1) or back (-1); behind the last one the tour has ended. */
export function moveTour(by: 1 | -1): void {
  const { step } = tour.getState()
  if (step === null) return
  const next = TOUR_STEPS[TOUR_STEPS.indexOf(step) + by]
  if (next !== undefined) tour.setState({ step: next })
  else if (by > 0) endTour()
}
