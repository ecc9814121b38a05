export { isOpen, TaskList } from './TaskList.tsx'
export { TaskLog } from './TaskLog.tsx'
export { TaskSteps } from './TaskSteps.tsx'
export { taskTone } from './task-tones.ts'
