import PocketBase from "pocketbase";
import type { Create, TypedPocketBase, Update } from "./records.js";
const pb = new PocketBase("http://127.0.0.1:8090") as TypedPocketBase;
// @ts-expect-error no such collection
pb.collection("postss");
// @ts-expect-error required missing
await pb.collection("posts").create({ title: "a", ok: true });
// @ts-expect-error no such value
await pb.collection("posts").create({ title: "a", status: "drafts", ok: true });
// @ts-expect-error unknown field
await pb.collection("posts").create({ title: "a", status: "draft", ok: true, titel: "" });
// @ts-expect-error view
await pb.collection("top").create({ title: "a" });
// @ts-expect-error view
await pb.collection("top").update("x", new FormData());
// @ts-expect-error required bool
await pb.collection("posts").create({ title: "a", status: "draft", ok: false });
// @ts-expect-error required select cannot be emptied
const b: Update<"posts"> = { status: "" };
// @ts-expect-error no confirm
const c: Create<"users"> = { email: "a", password: "b" };
// @ts-expect-error autodate
const d: Update<"posts"> = { created: "x" };
// @ts-expect-error modifiers only of multiple values
const e: Update<"posts"> = { "owner+": "x" };
const r = await pb.collection("posts").getOne("x");
// @ts-expect-error expand may be missing
console.log(r.expand.owner);
// @ts-expect-error not one
console.log(r.expand?.members?.name);
// @ts-expect-error number
const t: string = r.votes;
// @ts-expect-error passwords are never told
console.log((await pb.collection("users").getOne("x")).password);
// @ts-expect-error unknown json
console.log(r.meta.a);
console.log(b, c, d, e, t);
