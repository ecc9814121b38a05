export { isOpen, TaskList } from './TaskList.tsx'
export { TaskLog } from './TaskLog.tsx'
