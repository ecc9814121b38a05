import './app/early.ts'
import './app/styles/index.css'
import { startPage } from './app/providers.tsx'
import { ConsoleWindow } from './features/console/index.ts'

await startPage(<ConsoleWindow />, [])
