export { FailureList, useFailureCount } from './FailureList.tsx'
export { Notices } from './Notices.tsx'
