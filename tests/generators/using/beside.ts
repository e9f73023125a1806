import type * as theirs from "./theirs.js";
import type * as ours from "./ours.js";

type Within<A, B> = [Exclude<A, B>] extends [never] ? true : Exclude<A, B>;
export const records: Within<keyof theirs.NotesResponse, keyof ours.NotesRecord> = true;
export const users: Within<keyof theirs.PeopleResponse, keyof ours.PeopleRecord | "username"> = true;
export const create: Within<keyof theirs.Create<"notes">, keyof ours.Create<"notes">> = true;
export const update: Within<keyof theirs.Update<"notes">, keyof ours.Update<"notes">> = true;
export const account: Within<keyof theirs.Create<"people">, keyof ours.Create<"people">> = true;
export const change: Within<keyof theirs.Update<"people">, keyof ours.Update<"people">> = true;
export const values: Within<theirs.NotesStatusOptions, ours.NotesStatus> = true;
export const names: Within<theirs.Collections, ours.CollectionName> = true;
type Meta = { a: number };
type Theirs = theirs.NotesResponse<Meta, { owner: theirs.PeopleResponse }>;
type Ours = ours.Expanded<ours.NotesRecord<Meta>, "owner">;
export const meta: Theirs["meta"] extends Ours["meta"] ? true : false = true;
export const owner: Within<keyof Theirs["expand"]["owner"], keyof Ours["expand"]["owner"] | "username"> = true;
