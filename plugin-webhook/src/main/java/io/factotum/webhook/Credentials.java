package io.factotum.webhook;

import io.factotum.api.store.SecretBox;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an offering keeps to be known by: the secret that requests are signed with, and headers.
 *
 * @param secret sealed; empty if there is none that can be used
 */
record Credentials(String secret, List<HeaderEntry> headers) {

    /** Opened: for one run, never stored. */
    record Opened(SigningKey key, Map<String, String> headers, SecretMask mask) {

        /** Never tells a value. */
        @Override
        public String toString() {
            return "Opened[headers=%s]".formatted(headers.keySet());
        }
    }

    /** Copies the headers. */
    Credentials {
        headers = List.copyOf(headers);
    }

    /** Of settings that were stored: nothing is checked. */
    static Credentials stored(JsonObject settings) {
        List<HeaderEntry> headers = new ArrayList<>();
        for (Map.Entry<String, Object> header : settings.getJsonObject("headers", new JsonObject())) {
            headers.add(
                    header.getValue() instanceof JsonObject sealed
                            ? new HeaderEntry(header.getKey(), sealed.getString("sealed"), true)
                            : new HeaderEntry(header.getKey(), (String) header.getValue(), false));
        }
        return new Credentials(
                settings.getJsonObject("secret", new JsonObject()).getString("sealed", ""), headers);
    }

    /** Puts them into settings as they are stored. */
    JsonObject seal(JsonObject settings) {
        JsonObject sealed = settings.copy().put("secret", new JsonObject().put("sealed", secret));
        if (settings.containsKey("headers")) {
            JsonObject entries = new JsonObject();
            headers.forEach(header -> entries.put(header.name(), header.toJson()));
            sealed.put("headers", entries);
        }
        return sealed;
    }

    /** Puts them into settings as they may be shown. */
    JsonObject redact(JsonObject settings) {
        JsonObject shown = settings.copy().put("secret", new JsonObject().put("secret", true));
        if (settings.containsKey("headers")) {
            JsonObject entries = new JsonObject();
            headers.forEach(header -> entries.put(header.name(), header.shown()));
            shown.put("headers", entries);
        }
        return shown;
    }

    /** @throws IllegalArgumentException if they were sealed by another installation */
    Opened open(SecretBox box) {
        String signing = box.open(secret);
        Map<String, String> opened = new LinkedHashMap<>();
        List<String> secrets = new ArrayList<>(List.of(signing, signing.substring(SigningKey.PREFIX.length())));
        for (HeaderEntry header : headers) {
            String value = header.secret() ? box.open(header.value()) : header.value();
            opened.put(header.name(), value);
            if (header.secret()) {
                secrets.add(value);
            }
        }
        return new Opened(SigningKey.of(signing), opened, SecretMask.of(secrets));
    }
}
