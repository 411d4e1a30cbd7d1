#!/usr/bin/env python3
"""An endpoint for offerings of type webhook: it keeps boxes, each a row of an SQLite file. Standard library only.

    WEBHOOK_SECRET=whsec_... python3 examples/webhook/endpoint.py [port] [database file]

Two things here are what every endpoint needs: the check of the signature, and that a request which comes again is not
carried out again but answered as before. What a request changes and its answer are written in one transaction, so that
whatever breaks, either both are there or nothing is.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
DATABASE = sys.argv[2] if len(sys.argv) > 2 else "boxes.sqlite"
TOLERANCE = 5 * 60  # seconds; an older request may be a recorded one that somebody plays again
LARGEST_BODY = 1 << 20

SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (id TEXT PRIMARY KEY, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS boxes (resource TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL);
"""


def is_genuine(headers, body):
    """Whether who sent it knows the secret, and lately: Standard Webhooks 1.0."""
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE:
        return False
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected, signature) for signature in given)


def carry_out(database, event):
    """Does what the event asks for; answers a status and the result."""
    data = event["data"]
    resource = data["resource"]
    what = event["type"].rsplit(".", 1)[1]
    size = data["limits"].get("size", data.get("plan", {}).get("amounts", {}).get("size", 1))
    if what == "create":
        if size > 100:
            return 422, {"title": "Too large", "detail": f"A box of {size} does not fit. The largest is 100."}
        database.execute("INSERT INTO boxes VALUES (?, ?, ?)", (resource["uuid"], resource["name"], size))
        return 200, {
            "backend_id": "box-" + resource["uuid"][:8],
            "backend_metadata": {"size": size},
            "endpoints": [{"name": "box", "url": f"https://boxes.example/{resource['uuid']}"}],
        }
    if what == "update":
        database.execute("UPDATE boxes SET size = ? WHERE resource = ?", (size, resource["uuid"]))
        return 200, {"backend_metadata": {"size": size}}
    if what == "terminate":
        database.execute("DELETE FROM boxes WHERE resource = ?", (resource["uuid"],))
        return 204, None
    (held,) = database.execute("SELECT size FROM boxes WHERE resource = ?", (resource["uuid"],)).fetchone()
    return 200, {
        "usages": [{"type": "size", "amount": held}],
        "report": [{"header": "Box", "body": f"{resource['name']} holds {held}."}],
    }


def answer(request_id, body):
    """The answer to a request: the one it had before, or that of carrying it out."""
    database = sqlite3.connect(DATABASE, timeout=20, isolation_level=None)
    try:
        # Nobody else writes until the end of it: of two requests with one id, the second finds the first one's answer.
        database.execute("BEGIN IMMEDIATE")
        before = database.execute("SELECT status, body FROM answers WHERE id = ?", (request_id,)).fetchone()
        if before:
            database.execute("ROLLBACK")
            return before[0], before[1], "again"
        status, result = carry_out(database, json.loads(body))
        text = "" if result is None else json.dumps(result)
        database.execute("INSERT INTO answers VALUES (?, ?, ?)", (request_id, status, text))
        database.execute("COMMIT")
        return status, text, "done"
    finally:
        # Without a COMMIT nothing of it is left.
        database.close()


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        if length > LARGEST_BODY:
            return self.reply(413, "")
        body = self.rfile.read(length)
        if not is_genuine(self.headers, body):
            return self.reply(401, json.dumps({"title": "Not genuine", "detail": "The signature is wrong or too old."}))
        try:
            status, text, how = answer(self.headers["webhook-id"], body)
        except Exception as failure:  # whatever it is: nothing was done, and a later attempt may do
            print("failed", self.headers["webhook-id"], repr(failure), flush=True)
            return self.reply(500, "")
        print(how, status, self.headers["webhook-id"], text, flush=True)
        self.reply(status, text)

    def reply(self, status, text):
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *ignored):
        pass  # told above, in our own words


if __name__ == "__main__":
    with sqlite3.connect(DATABASE) as connection:
        connection.executescript(SCHEMA)
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Endpoint)
    print(f"Boxes are kept in {DATABASE}; listening on http://127.0.0.1:{server.server_port}/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
