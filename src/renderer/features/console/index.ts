export { ConsoleWindow } from './ConsoleWindow.tsx'
