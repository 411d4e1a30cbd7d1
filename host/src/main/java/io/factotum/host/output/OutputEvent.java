package io.factotum.host.output;

import io.vertx.core.json.JsonObject;

/**
 * A stretch of one stream as it is shown.
 *
 * @param stream {@code stdout} or {@code stderr}
 * @param text empty if bytes are left out
 * @param leftOut how many bytes of the stream are not kept here; 0 if there is text
 * @param after where to read on
 */
public record OutputEvent(String stream, String text, long leftOut, OutputPosition after) {

    /** {@code {stream, text}} or {@code {stream, left_out}}. */
    public JsonObject toJson() {
        JsonObject json = new JsonObject().put("stream", stream);
        return leftOut > 0 ? json.put("left_out", leftOut) : json.put("text", text);
    }
}
