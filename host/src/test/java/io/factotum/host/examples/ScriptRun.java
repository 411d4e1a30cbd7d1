package io.factotum.host.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.stream.Stream;

/** What a script left behind. */
record ScriptRun(int exitCode, String stdout, String stderr) {

    String lastLine() {
        String text = stdout.stripTrailing();
        return text.substring(text.lastIndexOf('\n') + 1);
    }

    String backendId() {
        return lastLine().split(" ", 2)[0];
    }

    /** The base64 object: a creation's second word, or all of a pull's last line. */
    JsonObject told() {
        String line = lastLine();
        byte[] decoded = Base64.getDecoder().decode(line.substring(line.indexOf(' ') + 1));
        return new JsonObject(new String(decoded, UTF_8));
    }

    BigDecimal used(String component) {
        return objects("usages")
                .filter(usage -> usage.getString("type").equals(component))
                .map(usage -> new BigDecimal(usage.getValue("amount").toString()))
                .findFirst()
                .orElseThrow();
    }

    String reported(String header) {
        return objects("report")
                .filter(section -> section.getString("header").equals(header))
                .map(section -> section.getString("body"))
                .findFirst()
                .orElseThrow();
    }

    private Stream<JsonObject> objects(String key) {
        JsonArray list = told().getJsonArray(key);
        return list.stream().map(JsonObject.class::cast);
    }
}
