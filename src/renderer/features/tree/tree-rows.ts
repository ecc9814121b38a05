import { compareTexts } from '../../components/compare-texts.ts'
import type { EntityRef } from '../../stores/index.ts'

/** What a node is, as its kind says. */
export interface TreeEntry {
  readonly ref: EntityRef
  readonly name: string
  /** Nodes of a lower rank stand first among those of one parent. */
  readonly rank: number
  /** Null: at the top. One that is not there (yet) has its children wait for it. */
  readonly parent: EntityRef | null
}

/** A line of the tree. The same object as long as nothing of it changes. */
export interface TreeRow {
  readonly id: string
  readonly ref: EntityRef
  readonly name: string
  /** 0 at the top. */
  readonly depth: number
  readonly isExpandable: boolean
  readonly isExpanded: boolean
}

interface Node extends TreeEntry {
  readonly id: string
  readonly parentId: string
}

interface Subtree {
  readonly depth: number
  readonly rows: readonly TreeRow[]
}

const TOP = ''
/** Longer ways up are those of a circle. */
const DEEPEST = 64
/** So many new children of one parent are put in their places one by one; more are sorted in together. */
const ONE_BY_ONE = 16

/** The id of the node of an entity. */
export function nodeId({ kind, id }: EntityRef): string {
  return `${kind}:${id}`
}

/** By rank, by name as people sort, then by id, so that the order never depends on arrival. */
function compareNodes(a: Node, b: Node): number {
  return a.rank - b.rank || compareTexts(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/**
 * The tree as the list of its lines, of any depth. Each node keeps the lines below it; a change makes anew only those on
 * its way to the top, and of their lines only those that are other ones now. Nodes whose parents are not there, and those
 * that hang under each other in a circle, are in no line.
 */
export class TreeRows {
  /** How many lines were made, nodes put in a place, and lists of lines put together. */
  readonly work = { rows: 0, placed: 0, joined: 0 }
  readonly #nodes = new Map<string, Node>()
  readonly #children = new Map<string, Node[]>()
  readonly #rows = new Map<string, TreeRow>()
  readonly #subtrees = new Map<string, Subtree>()
  #collapsed: ReadonlySet<string> = new Set()
  #collapsedIds: readonly string[] = []

  /** The lines from top to bottom; the same array until something changes. */
  read(): readonly TreeRow[] {
    return this.#subtreeOf(TOP, 0)
  }

  /** Nodes that came, changed or went. What changes neither name nor parent costs nothing further. */
  update(entries: Iterable<TreeEntry>, gone: Iterable<EntityRef>): void {
    const added = new Map<string, Node[]>()
    for (const ref of gone) this.#remove(nodeId(ref))
    for (const entry of entries) {
      const id = nodeId(entry.ref)
      const parentId = entry.parent === null ? TOP : nodeId(entry.parent)
      const known = this.#nodes.get(id)
      if (known !== undefined && known.name === entry.name && known.parentId === parentId) continue
      if (known !== undefined) this.#remove(id)
      const node: Node = { ...entry, id, parentId }
      this.#nodes.set(id, node)
      const siblings = added.get(parentId)
      if (siblings === undefined) added.set(parentId, [node])
      else siblings.push(node)
    }
    for (const [parentId, nodes] of added) this.#insert(parentId, nodes)
  }

  /** Which nodes are closed; all others are open. */
  setCollapsed(collapsed: readonly string[]): void {
    if (collapsed === this.#collapsedIds) return
    this.#collapsedIds = collapsed
    const next = new Set(collapsed)
    for (const id of new Set([...next, ...this.#collapsed])) {
      if (next.has(id) !== this.#collapsed.has(id)) this.#touch(this.#nodes.get(id)?.parentId)
    }
    this.#collapsed = next
  }

  /** The ids of the nodes above one, the nearest first; none for a node that is not there. */
  ancestorsOf(id: string): readonly string[] {
    const ancestors: string[] = []
    let parentId = this.#nodes.get(id)?.parentId
    while (parentId !== undefined && parentId !== TOP && ancestors.length < DEEPEST) {
      ancestors.push(parentId)
      parentId = this.#nodes.get(parentId)?.parentId
    }
    return ancestors
  }

  /** Where a node stands among the children of its parent, from 1, and how many those are. */
  positionOf(id: string): { readonly position: number; readonly size: number } {
    const node = this.#nodes.get(id)
    const siblings = node === undefined ? [] : (this.#children.get(node.parentId) ?? [])
    return { position: node === undefined ? 0 : indexOfNode(siblings, node) + 1, size: siblings.length }
  }

  #insert(parentId: string, nodes: readonly Node[]): void {
    let siblings = this.#children.get(parentId) ?? []
    this.work.placed += nodes.length
    if (nodes.length > ONE_BY_ONE) siblings = [...siblings, ...nodes].sort(compareNodes)
    else for (const node of nodes) siblings.splice(indexOfNode(siblings, node), 0, node)
    this.#children.set(parentId, siblings)
    this.#touch(parentId)
  }

  #remove(id: string): void {
    const node = this.#nodes.get(id)
    if (node === undefined) return
    const siblings = this.#children.get(node.parentId) ?? []
    siblings.splice(indexOfNode(siblings, node), 1)
    if (siblings.length === 0) this.#children.delete(node.parentId)
    this.#nodes.delete(id)
    this.#rows.delete(id)
    this.#touch(node.parentId)
  }

  /** The lines of what is below a node are other ones now, and so are those of the nodes above it. */
  #touch(parentId: string | undefined): void {
    let id = parentId
    for (let step = 0; id !== undefined && step < DEEPEST; step += 1) {
      this.#subtrees.delete(id)
      if (id === TOP) return
      id = this.#nodes.get(id)?.parentId
    }
  }

  #subtreeOf(id: string, depth: number): readonly TreeRow[] {
    const known = this.#subtrees.get(id)
    if (known?.depth === depth) return known.rows
    this.work.joined += 1
    const rows: TreeRow[] = []
    for (const node of this.#children.get(id) ?? []) {
      const row = this.#rowOf(node, depth)
      rows.push(row)
      if (row.isExpanded) for (const below of this.#subtreeOf(node.id, depth + 1)) rows.push(below)
    }
    this.#subtrees.set(id, { depth, rows })
    return rows
  }

  #rowOf(node: Node, depth: number): TreeRow {
    const isExpandable = this.#children.has(node.id)
    const isExpanded = isExpandable && !this.#collapsed.has(node.id)
    const known = this.#rows.get(node.id)
    if (known?.depth === depth && known.isExpandable === isExpandable && known.isExpanded === isExpanded) return known
    this.work.rows += 1
    const row = { id: node.id, ref: node.ref, name: node.name, depth, isExpandable, isExpanded }
    this.#rows.set(node.id, row)
    return row
  }
}

/** Where a node is among its siblings, or would be. */
function indexOfNode(siblings: readonly Node[], node: Node): number {
  let low = 0
  let high = siblings.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = siblings[middle]
    if (other !== undefined && compareNodes(other, node) < 0) low = middle + 1
    else high = middle
  }
  return low
}
