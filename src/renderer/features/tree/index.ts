export { InventoryTree } from './InventoryTree.tsx'
