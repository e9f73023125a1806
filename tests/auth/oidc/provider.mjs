// An OpenID Connect provider on PORT, over TLS if CERT and KEY name files. It knows everybody, by any password; the
// address of whoever's name begins with "unproved" is not verified.
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { PORT, REDIRECT, MODULES, CERT, KEY } = process.env;
const { Provider } = await import(pathToFileURL(path.join(MODULES, "oidc-provider", "lib", "index.js")));
const provider = new Provider(`${CERT ? "https" : "http"}://127.0.0.1:${PORT}`, {
  clients: [{ client_id: "skill", client_secret: "a-secret-of-the-client", redirect_uris: [REDIRECT] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, email: `${id}@example.com`, email_verified: !id.startsWith("unproved") }),
  }),
});
const options = CERT ? { cert: fs.readFileSync(CERT), key: fs.readFileSync(KEY) } : {};
(CERT ? https : http).createServer(options, provider.callback()).listen(PORT, "127.0.0.1", () => console.log("ready"));
