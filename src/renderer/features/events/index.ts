export { EventList, showSubject } from './EventList.tsx'
export { isAbout } from './is-about.ts'
export { LastFailure } from './LastFailure.tsx'
export { RecentEvents } from './RecentEvents.tsx'
