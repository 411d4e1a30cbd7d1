package io.factotum.host.plugin;

import io.vertx.core.ThreadingModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a descriptor key by key and keeps everything that is wrong with it. */
final class DescriptorReader {

    static final String ID = "[a-z][a-z0-9-]{1,40}";
    static final String CLASS_NAME =
            "\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*(\\.\\p{javaJavaIdentifierStart}\\p{javaJavaIdentifierPart}*)+";
    static final String SEMVER = "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
            + "(-(0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)(\\.(0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*))*)?"
            + "(\\+[0-9A-Za-z-]+(\\.[0-9A-Za-z-]+)*)?";

    private static final Logger LOG = LoggerFactory.getLogger(DescriptorReader.class);
    private static final int DEFAULT_POOL_SIZE = 4;
    private static final int MAX_POOL_SIZE = 1000;

    private final JsonObject json;
    private final Set<String> known = new TreeSet<>();
    private final List<String> faults = new ArrayList<>();

    DescriptorReader(JsonObject json) {
        this.json = json;
    }

    /** A text that must be there and have a form; empty if it is faulty. */
    String matching(String key, String form, String expected) {
        Optional<Object> value = find(key);
        if (value.isEmpty()) {
            faults.add("Cannot find '%s': it is missing. Expected %s.".formatted(key, expected));
        } else if (value.get() instanceof String text && text.matches(form)) {
            return text;
        } else {
            fault(key, value.get(), "it is malformed", expected);
        }
        return "";
    }

    /** A release line that must be there and suit this host. */
    String line(String key, Predicate<HostVersions.Line> suits, String host) {
        String text = matching(key, "\\d{1,6}\\.\\d{1,6}", "major.minor; " + host);
        if (HostVersions.Line.parse(text).filter(suits.negate()).isPresent()) {
            faults.add("Cannot use %s '%s': %s. Build the plugin against that.".formatted(key, text, host));
        }
        return text;
    }

    /** A list of plugin ids that may be absent. */
    List<String> ids(String key) {
        Object value = find(key).orElse(new JsonArray());
        if (value instanceof JsonArray list
                && list.stream().allMatch(item -> item instanceof String text && text.matches(ID))) {
            return list.stream().map(String.class::cast).toList();
        }
        fault(key, value, "it is no list of plugin ids", "a list such as [\"custom-scripts\"]");
        return List.of();
    }

    /** A text that may be absent. */
    String text(String key, String defaultValue) {
        Object value = find(key).orElse(defaultValue);
        if (value instanceof String text) {
            return text;
        }
        fault(key, value, "it is no text", "a text");
        return defaultValue;
    }

    /** The name of an entry with a JSON Schema. */
    PluginDescriptor.SchemaEntry schema(String key, String defaultName) {
        return new PluginDescriptor.SchemaEntry(key, text(key, defaultName), json.containsKey(key));
    }

    /** True or false; false if absent. */
    boolean flag(String key) {
        Object value = find(key).orElse(false);
        if (value instanceof Boolean flag) {
            return flag;
        }
        fault(key, value, "it is no flag", "true or false");
        return false;
    }

    ThreadingModel threading() {
        String value = text("threading", "worker");
        return switch (value) {
            case "worker" -> ThreadingModel.WORKER;
            case "event-loop" -> ThreadingModel.EVENT_LOOP;
            default -> {
                fault("threading", value, "there is no such model", "worker or event-loop");
                yield ThreadingModel.WORKER;
            }
        };
    }

    int workerPoolSize() {
        Object pool = find("workerPool").orElse(new JsonObject());
        if (!(pool instanceof JsonObject object)) {
            fault("workerPool", pool, "it is no object", "{\"size\": 4}");
            return DEFAULT_POOL_SIZE;
        }
        warnOfUnknown(object, Set.of("size"), "workerPool.");
        Object size = object.getValue("size", DEFAULT_POOL_SIZE);
        if (size instanceof Integer number && number >= 1 && number <= MAX_POOL_SIZE) {
            return number;
        }
        fault("workerPool.size", size, "it is out of bounds", "a whole number from 1 to " + MAX_POOL_SIZE);
        return DEFAULT_POOL_SIZE;
    }

    /** @throws RejectedJarException if anything was wrong */
    void finish() throws RejectedJarException {
        if (!faults.isEmpty()) {
            throw new RejectedJarException(faults.stream()
                    .map(fault -> PluginDescriptor.ENTRY + ": " + fault)
                    .toList());
        }
        warnOfUnknown(json, known, "");
    }

    private Optional<Object> find(String key) {
        known.add(key);
        return Optional.ofNullable(json.getValue(key));
    }

    private void fault(String key, Object value, String reason, String expected) {
        faults.add("Cannot use %s '%s': %s. Expected %s.".formatted(key, value, reason, expected));
    }

    private void warnOfUnknown(JsonObject object, Set<String> knownKeys, String prefix) {
        for (String key : object.fieldNames()) {
            if (!knownKeys.contains(key)) {
                LOG.warn(
                        "Descriptor key is unknown and ignored plugin={} key={} known={}",
                        json.getValue("id"),
                        prefix + key,
                        String.join(",", new TreeSet<>(knownKeys)));
            }
        }
    }
}
