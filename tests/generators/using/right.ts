import PocketBase from "pocketbase";
import { Collections, PostsStatusValues } from "./records.js";
import type { Create, Expanded, PostsRecord, TypedPocketBase, Update, UsersRecord, CollectionName, RecordOf } from "./records.js";

const pb = new PocketBase("http://127.0.0.1:8090") as TypedPocketBase;
const post = await pb.collection("posts").getOne("x", { expand: "owner,class_via_post" });
const status: "draft" | "public" | "größe \"x\"" | "a b" | "日本" = post.status;
const name: string | undefined = post.expand?.owner?.name;
const deep = post.expand?.owner?.expand?.posts_via_owner?.[0]?.expand?.parent?.expand?.owner?.email;
const one: string | undefined = post.expand?.class_via_post?.id;
await pb.collection("posts").create({ title: "a", status: "draft", ok: true, cover: new Blob([]), at: new Date(), meta: { a: 1 } });
await pb.collection("posts").create(new FormData());
await pb.collection("posts").update("x", { "tags+": "news", "votes-": 2, "docs-": ["a.txt"], docs: [new Blob([]), "old.txt"], cover: null });
const typed = await pb.collection("posts").getOne<Expanded<PostsRecord<{ a: number }>, "owner">>("x", { expand: "owner" });
const owner: UsersRecord = typed.expand.owner;
const a: number | undefined = typed.meta?.a;
const user: Create<"users"> = { email: "a@b.de", password: "12345678", passwordConfirm: "12345678" };
await pb.collection("users").create(user);
const change: Update<"posts"> = { mood: "" };
const auth = await pb.collection("users").authWithPassword("a", "b");
const verified: boolean = auth.record.verified;
const list = await pb.collection(Collections.Top).getList(1, 20);
const count: number = list.items[0]!.n;
for (const value of PostsStatusValues) console.log(value);
function all<C extends CollectionName>(c: C): Promise<RecordOf<C>[]> { return pb.collection(c).getFullList(); }
function plain(client: PocketBase) { return client.baseURL; }
plain(pb);
pb.collection("posts").subscribe("*", (e) => { const t: string = e.record.title; console.log(t); });
console.log(status, name, deep, one, owner, a, change, verified, count, all);
