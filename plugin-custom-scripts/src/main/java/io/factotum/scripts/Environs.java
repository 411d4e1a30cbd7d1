package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.offering.Fault;
import io.factotum.api.store.SecretBox;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an offering's {@code environ}: a list of {@code {name, value, secret}} or a map, and seals its secrets. */
final class Environs {

    /** What Linux takes as one {@code NAME=value}, with its end. */
    static final int MAX_BYTES = 131_072;

    /** The read-only variables of bash, which an image may have as its sh: the script would not begin. */
    private static final Set<String> READ_ONLY =
            Set.of("BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Set<String> KEYS = Set.of("name", "value", "secret");

    private final SecretBox box;
    private final Map<String, String> storedSecrets = new LinkedHashMap<>();
    private final List<Fault> faults = new ArrayList<>();

    /** With the settings stored until now, sealed. */
    Environs(SecretBox box, JsonObject stored) {
        this.box = box;
        stored(stored).stream().filter(EnvironEntry::secret).forEach(e -> storedSecrets.put(e.name(), e.value()));
    }

    /** Of settings that were stored: nothing is checked. */
    static List<EnvironEntry> stored(JsonObject sealed) {
        List<EnvironEntry> entries = new ArrayList<>();
        for (Object item : sealed.getJsonArray("environ", new JsonArray())) {
            JsonObject entry = (JsonObject) item;
            boolean secret = entry.getBoolean("secret", false);
            entries.add(
                    new EnvironEntry(entry.getString("name"), entry.getString(secret ? "sealed" : "value"), secret));
        }
        return entries;
    }

    List<Fault> faults() {
        return faults;
    }

    /** Of settings that somebody sent: those entries in which nothing is wrong. */
    List<EnvironEntry> sent(@Nullable Object environ) {
        List<EnvironEntry> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        normalized(environ).forEach((pointer, entry) -> {
            String name = name(pointer, entry);
            if (name == null) {
                return;
            }
            if (READ_ONLY.contains(name)) {
                fault(
                        pointer,
                        "Cannot set variable '%s': a shell lets nobody set it. Use another name.".formatted(name));
            }
            if (!names.add(name)) {
                fault(pointer, "Cannot set variable '%s': it is set twice. Set it once.".formatted(name));
            }
            EnvironEntry read = read(pointer, name, entry);
            if (read != null) {
                entries.add(read);
            }
        });
        return entries;
    }

    /** Both forms as {@code {pointer: {name, value, secret}}}. */
    private Map<String, JsonObject> normalized(@Nullable Object environ) {
        Map<String, JsonObject> entries = new LinkedHashMap<>();
        if (environ instanceof JsonArray list) {
            for (int i = 0; i < list.size(); i++) {
                String pointer = "/environ/" + i;
                if (list.getValue(i) instanceof JsonObject entry) {
                    entries.put(pointer, entry);
                } else {
                    fault(pointer, "Cannot read the entry: it is not an object. Expected {name, value}.");
                }
            }
        } else if (environ instanceof JsonObject map) {
            for (String name : map.fieldNames()) {
                JsonObject entry = map.getValue(name) instanceof JsonObject object
                        ? object.copy()
                        : new JsonObject().put("value", map.getValue(name));
                entries.put("/environ/" + name.replace("~", "~0").replace("/", "~1"), entry.put("name", name));
            }
        } else if (environ != null) {
            fault("/environ", "Cannot read environ: it is neither a list nor an object. Expected [{name, value}].");
        }
        return entries;
    }

    private @Nullable String name(String pointer, JsonObject entry) {
        if (entry.getValue("name") instanceof String name && NAME.matcher(name).matches()) {
            return name;
        }
        fault(
                pointer,
                "Cannot set variable '%s': it is no name for one. Expected letters, digits and _, no digit first."
                        .formatted(entry.getValue("name")));
        return null;
    }

    private @Nullable EnvironEntry read(String pointer, String name, JsonObject entry) {
        Set<String> others = new TreeSet<>(entry.fieldNames());
        others.removeAll(KEYS);
        if (!others.isEmpty()) {
            fault(
                    pointer,
                    "Cannot set variable '%s': unknown keys %s. Known keys: name, value, secret."
                            .formatted(name, String.join(", ", others)));
        }
        if (!(entry.getValue("secret", false) instanceof Boolean secret)) {
            fault(pointer, "Cannot set variable '%s': secret is neither true nor false.".formatted(name));
            return null;
        }
        Object value = entry.getValue("value");
        if (value == null) {
            return withoutValue(pointer, name, secret);
        }
        // What JSON calls a text is one; what it calls something else is handed over as JSON.
        String text = value instanceof JsonArray array ? array.encode() : value.toString();
        return isUsable(pointer, name, text, secret)
                ? new EnvironEntry(name, secret ? box.seal(text) : text, secret)
                : null;
    }

    private @Nullable EnvironEntry withoutValue(String pointer, String name, boolean secret) {
        String sealed = storedSecrets.get(name);
        if (secret && sealed != null) {
            return new EnvironEntry(name, sealed, true);
        }
        fault(
                pointer,
                secret
                        ? "Cannot keep secret '%s': no value is stored for it. Send one.".formatted(name)
                        : "Cannot set variable '%s': it has no value. Send one, the empty text perhaps."
                                .formatted(name));
        return null;
    }

    private boolean isUsable(String pointer, String name, String text, boolean secret) {
        if (text.indexOf('\0') >= 0) {
            fault(
                    pointer,
                    "Cannot set variable '%s': there is a NUL in its value. No program can take one.".formatted(name));
            return false;
        }
        if (name.length() + 1 + text.getBytes(UTF_8).length + 1 > MAX_BYTES) {
            fault(
                    pointer,
                    "Cannot set variable '%s': it has more than %d bytes. No program can take more."
                            .formatted(name, MAX_BYTES));
            return false;
        }
        if (secret && text.strip().length() < SecretForms.MIN_LENGTH) {
            fault(
                    pointer,
                    ("Cannot keep secret '%s': it is too short to be masked in output. Expected at least %d"
                                    + " characters.")
                            .formatted(name, SecretForms.MIN_LENGTH));
            return false;
        }
        return true;
    }

    private void fault(String pointer, String message) {
        faults.add(new Fault(pointer, message));
    }
}
