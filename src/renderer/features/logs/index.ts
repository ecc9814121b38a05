// The ends of logs that hosts keep.

export { LogTail } from './LogTail.tsx'
