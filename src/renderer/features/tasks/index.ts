export { isOpen, TaskList } from './TaskList.tsx'
