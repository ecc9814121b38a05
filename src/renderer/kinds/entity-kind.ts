import type { TFunction } from 'i18next'
import type { ComponentType, ReactNode } from 'react'
import type { CommandName } from '../../shared/contract/index.ts'
import type { ClusterId, Datacenter } from '../../shared/domain/index.ts'
import type { Tone } from '../components/StatusMark.tsx'
import type { Column } from '../components/table/index.ts'
import type { EntityName, EntityOf, EntityRef, ProposedCall, TreeViewName } from '../stores/index.ts'

/** A question before an action runs, with the names of what it runs on. */
export interface QuestionText {
  readonly title: string
  readonly body: string
  /** On the button that goes on. */
  readonly confirm: string
}

/** Something that can be done to entities of a kind, from menus, buttons and the palette alike. */
export interface EntityAction<N extends EntityName = EntityName> {
  /** Unique among the actions of all kinds; of a command, its name. */
  readonly id: string
  readonly label: (t: TFunction) => string
  readonly icon?: ReactNode
  readonly danger?: boolean
  /** Has a button of its own where several are chosen. */
  readonly isMain?: boolean
  /** Actions of one group stand together in menus; a line divides the groups. */
  readonly group: string
  /** Whether it stands in the menu of these at all; left out: it does. Whether it may run is another question. */
  readonly isOffered?: (entities: readonly EntityOf<N>[]) => boolean
  /**
   * When it is asked whether to run on one: always, when the inventory wants it for what is forced, or when a person
   * wants it for what is not. Left out: never. On several it is asked always.
   */
  readonly asked?: 'always' | 'forced' | 'courtesy'
  /** A line that may be written in that question, and the field of the input that it becomes. */
  readonly note?: { readonly field: string; readonly label: (t: TFunction) => string; readonly maxLength: number }
  /** The question is opened even when the answer is no: it then says what stands in the way, and leads there. */
  readonly explainsRefusal?: boolean
  /** The words of that question; left out: the label and the names. */
  readonly question?: (t: TFunction, names: string) => QuestionText
  /** The command, with its input beside the id: the engine is asked whether it may run, and told to run it. */
  readonly call?: {
    readonly command: CommandName
    readonly input: Readonly<Record<string, unknown>>
    /** Takes a list of ids too ("vmIds"), and makes one task of them. */
    readonly takesList?: boolean
  }
  /** What the page does itself, on one entity at a time, when the command is not all (a dialog, a window, the clipboard). */
  readonly open?: (entity: EntityOf<N>) => void
  /** The same for one or several at once; `call` then only says whether it may. */
  readonly openAll?: (ids: readonly string[]) => void
  /** Why the page itself knows that it cannot; null: it can. Pure. */
  readonly refusal?: (entity: EntityOf<N>, t: TFunction) => string | null
}

/** How a person makes one of a kind. */
export interface EntityCreation {
  /** The command that makes it: "host.add". */
  readonly id: string
  readonly label: (t: TFunction) => string
  /** It has the plus at the head of the tree, and the first button of the page of everything, in the views of its kind. */
  readonly isMain?: boolean
  readonly open: () => void
  /** Other ways to the same: menus and the palette have them beside it. */
  readonly others?: readonly {
    readonly id: string
    readonly label: (t: TFunction) => string
    readonly open: () => void
  }[]
  /**
   * The least that makes one, with a name that nothing has: the engine is asked whether it may be made at all. Several, one for each
   * place that it could go to: one of them is enough. Left out, or none: it is not asked, and the dialog says it.
   */
  readonly proposals?: (into: Creatable) => readonly ProposedCall[]
}

/** Where something new could go. */
export interface Creatable {
  readonly datacenters: readonly Pick<Datacenter, 'id' | 'storageType'>[]
  /** The first; null while there is none. */
  readonly clusterId: ClusterId | null
}

/** A name or id, an address (RFC 2606) and a path that nothing has: for questions about what is not there yet. */
export const NOBODYS_NAME = '00000000-0000-4000-8000-000000000000'
export const NOBODYS_ADDRESS = 'nobody.invalid'
export const NOBODYS_PATH = `/${NOBODYS_NAME}`

/** A tab of an entity's page. */
export interface EntityTab<N extends EntityName = EntityName> {
  readonly id: string
  readonly title: (entity: EntityOf<N>, t: TFunction) => string
  readonly Content: ComponentType<{ readonly entity: EntityOf<N> }>
}

/** Something that entities of a kind can be searched by: `status=up`, `memory>8`. */
export interface SearchField<N extends EntityName = EntityName> {
  readonly name: string
  readonly aliases?: readonly string[]
  /** A number is compared as such; one of `choices` must be one of them. */
  readonly type: 'text' | 'choice' | 'number'
  readonly choices?: readonly string[]
  /** A choice in the language of the page; it can be asked for by that word too. */
  readonly wordOf?: (choice: string, t: TFunction) => string
  /** Its texts, or its number; none where it has none. */
  readonly read: (entity: EntityOf<N>, nameOf: NameOf) => readonly (string | number)[]
  /** Also found by a text without the name of a field. */
  readonly isSearched: boolean
}

/** The name of an entity of any kind, or of what it hangs under that is of the kind `above`; empty where it is not known. */
export type NameOf = (ref: EntityRef, above?: EntityName) => string

/**
 * Everything that the frame of the page knows of one kind of entity. Tree, menus, palette, breadcrumb, tables and dock read
 * it from here; a new kind is one folder that exports one of these, and a line where they are put together.
 */
export interface EntityKind<N extends EntityName = EntityName> {
  readonly name: N
  /** Before the colon of a query for it: "vm: status=up". */
  readonly keywords: readonly string[]
  /** Stands before kinds of a higher rank, in the tree and in menus. */
  readonly rank: number
  readonly Icon: ComponentType<{ readonly className?: string }>
  readonly toneOf: (entity: EntityOf<N>) => Tone
  /** Nobody can ask about it now: what is shown of it is old. Left out: never. */
  readonly isStale?: (entity: EntityOf<N>) => boolean
  /** Its status as a word. */
  readonly statusOf: (entity: EntityOf<N>, t: TFunction) => string
  readonly words: {
    /** Of its menu: "Machine". */
    readonly one: (t: TFunction) => string
    /** Of its lists: "Machines". */
    readonly many: (t: TFunction) => string
    /** Of the way to the list of all of them: "All machines". */
    readonly all: (t: TFunction) => string
    /** "3 machines". */
    readonly count: (t: TFunction, count: number) => string
    /** What its lists say while they are empty. */
    readonly none: (t: TFunction) => string
    /** Of the field that filters its lists. */
    readonly filter: (t: TFunction) => string
    /** Its menu while none is selected. */
    readonly selectFirst: (t: TFunction) => string
    /** Where one was that is gone. */
    readonly gone: (t: TFunction) => { readonly title: string; readonly body: string }
  }
  /** What it hangs under in each view of the tree that shows it; null: at the top. */
  readonly parents: { readonly [V in TreeViewName]?: (entity: EntityOf<N>) => EntityRef | null }
  /** The kinds that hang right under it; what is done to those, and to all below them, is also about it. */
  readonly holds: readonly EntityName[]
  /** There may be thousands, which are found by what they hang under and are not looked through. */
  readonly areMany?: boolean
  /** They stand in lists and in paths, and are no lines of the tree. */
  readonly isListedOnly?: boolean
  /** Its actions are on its page and in its lists; the bar has no menu of its own for it. */
  readonly hasNoMenu?: boolean
  /** Offered in menus, the palette, the tree and the page of everything. Left out: they come by themselves. */
  readonly create?: EntityCreation
  /** What the tree shows beside its name. */
  readonly TreeAside?: ComponentType<{ readonly entity: EntityOf<N> }>
  readonly Header: ComponentType<{ readonly entity: EntityOf<N> }>
  readonly tabs: readonly EntityTab<N>[]
  /** In the order of the menus. */
  readonly actions: readonly EntityAction<N>[]
  /** What a double click does; left out: show it. */
  readonly activate?: (entity: EntityOf<N>) => void
  /** The columns of its lists; `within` is whose list it is, null for that of all. The same array while the words stay. */
  readonly useColumns: (within: EntityRef | null) => readonly Column<EntityOf<N>>[]
  /** Changes whenever what a column sorts by may have changed without the entity. */
  readonly useSortVersion?: (within: EntityRef | null, column: string) => unknown
  /** The kinds whose names its lists show and can be searched by. */
  readonly refersTo: readonly EntityName[]
  readonly fields: readonly SearchField<N>[]
}
