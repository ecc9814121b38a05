export { EventList, showSubject } from './EventList.tsx'
export { describeEvent } from './event-text.ts'
