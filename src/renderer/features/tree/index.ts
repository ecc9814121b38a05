export { InventoryTree } from './InventoryTree.tsx'
export type { TreeModel, TreeNode } from './tree-model.ts'
export { buildTree, compareNames, createTreeReader, nodeId, ROOT_ID, sameStructure } from './tree-model.ts'
export { createTypeAhead } from './type-ahead.ts'
