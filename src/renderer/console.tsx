import './app/early.ts'
import './app/styles/index.css'
import { startPage } from './app/providers.tsx'
import { ConsoleWindow } from './features/console/index.ts'
import { vmKind } from './features/vms/index.ts'
import { registerKinds } from './kinds/index.ts'

registerKinds([vmKind])

await startPage(<ConsoleWindow />, [])
