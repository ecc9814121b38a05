import type { Identity } from '../../engine/command-handler.ts'
