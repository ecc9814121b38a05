import './app/early.ts'
import './app/styles/index.css'
import { App } from './app/App.tsx'
import { startPage } from './app/providers.tsx'

await startPage(<App />, ['session', 'settings', 'hosts', 'vms', 'tasks'])
