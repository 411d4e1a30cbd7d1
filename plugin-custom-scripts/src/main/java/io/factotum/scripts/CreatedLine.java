package io.factotum.scripts;

import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.lifecycle.RunTrace;
import io.factotum.api.resource.Endpoint;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the result line of a creation: an id, or an id and an object in base64. */
final class CreatedLine {

    private static final int MAX_ID_CHARACTERS = 255;
    private static final String METADATA = "backend_metadata";
    private static final String ENDPOINTS = "endpoints";
    private static final String EXPECTED =
            "Expected the resource's id, or its id and an object in base64, with one space between";

    private final Quote quote;

    CreatedLine(Quote quote) {
        this.quote = quote;
    }

    LifecycleResult parse(String line) {
        String[] words = line.split("\\s+", 3);
        if (words.length > 2) {
            throw new BadOutputException("it has more than two words. " + EXPECTED);
        }
        String id = id(words[0]);
        return words.length == 1 ? LifecycleResult.created(id, null, null) : created(id, decode(words[1]));
    }

    private static String id(String word) {
        if (word.equals("null")) {
            throw new BadOutputException("'null' is not an id. " + EXPECTED);
        }
        if (word.codePointCount(0, word.length()) > MAX_ID_CHARACTERS) {
            throw new BadOutputException(
                    "the id has more than %d characters. %s".formatted(MAX_ID_CHARACTERS, EXPECTED));
        }
        if (word.chars().anyMatch(Character::isISOControl)) {
            throw new BadOutputException("the id has control characters in it. " + EXPECTED);
        }
        return word;
    }

    private static JsonObject decode(String word) {
        try {
            return EncodedObject.decode(word);
        } catch (BadOutputException wrong) {
            throw new BadOutputException("in its second word, %s. %s".formatted(wrong.getMessage(), EXPECTED));
        }
    }

    private LifecycleResult created(String id, JsonObject object) {
        if (!object.containsKey(METADATA) && !object.containsKey(ENDPOINTS)) {
            return LifecycleResult.created(id, object, null);
        }
        Warnings warnings = new Warnings();
        JsonObject metadata = metadata(object.getValue(METADATA));
        List<Endpoint> endpoints = endpoints(object.getValue(ENDPOINTS), warnings);
        Set<String> others = new TreeSet<>(object.fieldNames());
        others.removeAll(Set.of(METADATA, ENDPOINTS));
        if (!others.isEmpty()) {
            warnings.add("Ignored what the result has beside backend_metadata and endpoints: %s."
                    .formatted(quote.names(others)));
        }
        return new LifecycleResult(
                Outcome.SUCCEEDED, null, "", id, metadata, endpoints, null, null, warnings.list(), RunTrace.NONE);
    }

    private static @Nullable JsonObject metadata(@Nullable Object value) {
        if (value == null || value instanceof JsonObject) {
            return (JsonObject) value;
        }
        throw new BadOutputException("its backend_metadata is not an object. Expected one, as {\"key\": \"value\"}");
    }

    private static @Nullable List<Endpoint> endpoints(@Nullable Object value, Warnings warnings) {
        if (value == null) {
            return null;
        }
        if (!(value instanceof JsonArray array)) {
            throw new BadOutputException(
                    "its endpoints are not a list. Expected [{\"name\": \"...\", \"url\": \"...\"}]");
        }
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (array.getValue(i) instanceof JsonObject object
                    && object.getValue("name") instanceof String name
                    && object.getValue("url") instanceof String url
                    && !name.isBlank()
                    && !url.isBlank()) {
                endpoints.add(new Endpoint(name, url));
            } else {
                warnings.add("Left out endpoint %d: it has no name or no url. Expected both, as texts.".formatted(i));
            }
        }
        return endpoints;
    }
}
