import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };
const client = createClient<paths>({ baseUrl: process.argv[2]! });
const said: unknown[] = [];

const auth = await client.POST("/api/collections/users/auth-with-password", {
  body: { identity: "alice@example.com", password: "secret-password" },
});
said.push(auth.data!.record.email);
client.use({ onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${auth.data!.token}`) });

const body: components["schemas"]["NotesCreate"] = { title: "One", status: "draft", owner: auth.data!.record.id };
const made = await client.POST("/api/collections/notes/records", { body });
const id: string = made.data!.id;
const path = { id };
const changed = await client.PATCH("/api/collections/notes/records/{id}", { params: { path }, body: { "votes+": 2 } });
said.push(changed.data!.votes);
const seen = await client.GET("/api/collections/notes/records/{id}", { params: { path, query: { expand: "owner" } } });
const status: "draft" | "a b" | "" = seen.data!.status;
said.push(status, seen.data!.expand!.owner!.name);
const query = { filter: 'title = "One"', perPage: 5 };
const page = await client.GET("/api/collections/notes/records", { params: { query } });
said.push(page.data!.totalItems, page.data!.items[0]!.title);
const counted = await client.GET("/api/collections/per_owner/records");
said.push(counted.data!.items[0]!.n);
const refused = await client.POST("/api/collections/notes/records", { body: { title: "", status: "draft" } });
said.push(refused.error!.status, refused.error!.message);
const hello = await client.GET("/hello/{name}", { params: { path: { name: "you" } } });
said.push(hello.response.status);
const deleted = await client.DELETE("/api/collections/notes/records/{id}", { params: { path } });
said.push(deleted.response.status);
const gone = await client.GET("/api/collections/notes/records/{id}", { params: { path } });
said.push(gone.error!.status);
console.log(JSON.stringify(said));

export async function wrong(): Promise<void> {
  // @ts-expect-error no such collection
  await client.GET("/api/collections/note/records");
  // @ts-expect-error no such value
  await client.POST("/api/collections/notes/records", { body: { title: "a", status: "else" } });
  // @ts-expect-error no such field
  const body: components["schemas"]["NotesCreate"] = { title: "a", titel: "b" };
  await client.POST("/api/collections/notes/records", { body });
  // @ts-expect-error nothing makes a record of a view
  await client.POST("/api/collections/per_owner/records", { body: {} });
}
