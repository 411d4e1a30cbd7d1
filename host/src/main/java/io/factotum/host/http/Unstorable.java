package io.factotum.host.http;

import io.factotum.api.offering.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values that are valid JSON and that PostgreSQL cannot store. */
final class Unstorable {

    private Unstorable() {}

    /** Where in a decoded JSON value they are. */
    static List<Fault> faults(@Nullable Object json) {
        List<Fault> faults = new ArrayList<>();
        collect("", json, faults);
        return faults;
    }

    /** Why a text cannot be stored, or null if it can. */
    static @Nullable String reason(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return "It has the character U+0000 in it, which cannot be stored.";
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return "It has half of a surrogate pair in it, which is no character.";
            }
        }
        return null;
    }

    private static void collect(String pointer, @Nullable Object json, List<Fault> faults) {
        if (json instanceof JsonObject object) {
            for (String name : object.fieldNames()) {
                String reason = reason(name);
                if (reason != null) {
                    faults.add(new Fault(pointer, "The name of a member cannot be stored. " + reason));
                }
                collect(pointer + "/" + escaped(name), object.getValue(name), faults);
            }
        } else if (json instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                collect(pointer + "/" + i, array.getValue(i), faults);
            }
        } else if (json instanceof String text) {
            String reason = reason(text);
            if (reason != null) {
                faults.add(new Fault(pointer, reason));
            }
        } else if (json instanceof Double number && !Double.isFinite(number)) {
            faults.add(new Fault(pointer, "The number is out of range."));
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
