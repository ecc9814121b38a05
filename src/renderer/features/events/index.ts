export { EventList, showSubject } from './EventList.tsx'
