package io.factotum.scripts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.Fault;
import io.factotum.api.offering.OfferingTraits;
import io.factotum.scripts.executor.Privileges;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads and checks the settings of one offering, and collects everything that is wrong with them. */
final class SettingsReader {

    static final int MAX_SCRIPT_BYTES = 1 << 20;

    private static final Duration TIMEOUT = Duration.ofMinutes(30);
    private static final Duration PULL_INTERVAL = Duration.ofHours(1);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final String EVENTS =
            Arrays.stream(EventType.values()).map(EventType::key).collect(Collectors.joining(", "));
    private static final Set<String> KEYS = Set.of(
            "language",
            "environ",
            "create",
            "update",
            "terminate",
            "pull",
            "timeout",
            "pull_interval",
            "idempotent",
            "resources",
            "network",
            "user",
            "privileges");

    private final ScriptConfig config;
    private final List<Fault> faults = new ArrayList<>();

    SettingsReader(ScriptConfig config) {
        this.config = config;
    }

    List<Fault> faults() {
        return faults;
    }

    /** The settings; with faults, not to be used. */
    ScriptSettings read(JsonObject settings, List<EnvironEntry> environ) {
        unknownKeys("", settings, KEYS);
        Map<EventType, String> scripts = scripts(settings);
        OfferingTraits traits = new OfferingTraits(
                scripts.keySet(),
                duration(settings, "timeout", TIMEOUT),
                duration(settings, "pull_interval", PULL_INTERVAL),
                idempotent(settings));
        return new ScriptSettings(language(settings), environ, scripts, traits, limits(settings));
    }

    private ScriptConfig.Language language(JsonObject settings) {
        Object name = settings.getValue("language");
        ScriptConfig.Language language =
                name instanceof String known ? config.languages().get(known) : null;
        if (language != null) {
            return language;
        }
        fault(
                "/language",
                "Cannot use language '%s': the operator does not list it. Expected one of %s."
                        .formatted(
                                name,
                                String.join(
                                        ", ", new TreeSet<>(config.languages().keySet()))));
        return new ScriptConfig.Language("", List.of());
    }

    private Map<EventType, String> scripts(JsonObject settings) {
        Map<EventType, String> scripts = new EnumMap<>(EventType.class);
        for (EventType event : EventType.values()) {
            Object script = settings.getValue(event.key());
            if (script instanceof String text) {
                checkScript(event, text);
                if (!text.isBlank()) {
                    scripts.put(event, text);
                }
            } else if (script != null) {
                fault(
                        "/" + event.key(),
                        "Cannot read script '%s': it is not a text. Expected one.".formatted(event.key()));
            }
        }
        return scripts;
    }

    private void checkScript(EventType event, String text) {
        if (text.indexOf('\0') >= 0) {
            fault(
                    "/" + event.key(),
                    "Cannot keep script '%s': there is a NUL in it. Expected a text.".formatted(event.key()));
        }
        int bytes = text.getBytes(UTF_8).length;
        if (bytes > MAX_SCRIPT_BYTES) {
            fault(
                    "/" + event.key(),
                    "Cannot keep script '%s': it has %d bytes. Expected at most %d."
                            .formatted(event.key(), bytes, MAX_SCRIPT_BYTES));
        }
    }

    private Duration duration(JsonObject settings, String key, Duration defaultValue) {
        Object value = settings.getValue(key);
        if (value == null) {
            return defaultValue;
        }
        try {
            Duration duration = Duration.parse(value.toString());
            if (duration.compareTo(SHORTEST) >= 0 && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException notADuration) {
            // Told below.
        }
        fault(
                "/" + key,
                "Cannot use %s '%s': it is no duration from %s to %s. Expected ISO 8601, such as PT30M."
                        .formatted(key, value, SHORTEST, LONGEST));
        return defaultValue;
    }

    private Set<EventType> idempotent(JsonObject settings) {
        Set<EventType> events = EnumSet.noneOf(EventType.class);
        Object value = settings.getValue("idempotent");
        if (value == null) {
            return events;
        }
        if (!(value instanceof JsonArray list)) {
            fault(
                    "/idempotent",
                    "Cannot read idempotent '%s': it is not a list. Expected one of events: %s."
                            .formatted(value, EVENTS));
            return events;
        }
        for (int i = 0; i < list.size(); i++) {
            String key = String.valueOf(list.getValue(i));
            int index = i;
            EventType.ofKey(key)
                    .ifPresentOrElse(
                            events::add,
                            () -> fault(
                                    "/idempotent/" + index,
                                    "Cannot use event '%s': there is none. Expected one of %s."
                                            .formatted(key, EVENTS)));
        }
        return events;
    }

    private RunSpec.Limits limits(JsonObject settings) {
        ScriptConfig.Allowances allowances = config.allowances();
        JsonObject resources = new JsonObject();
        if (settings.getValue("resources") instanceof JsonObject object) {
            resources = object;
            unknownKeys("/resources", object, Set.of("cpus", "memory", "processes"));
        } else if (settings.getValue("resources") != null) {
            fault("/resources", "Cannot read resources: they are not an object. Expected {cpus, memory, processes}.");
        }
        ScriptConfig.Resources standard = allowances.standard();
        ScriptConfig.Resources maximum = allowances.maximum();
        return new RunSpec.Limits(
                limit(resources, "cpus", standard.cpus(), maximum.cpus(), ScriptConfig::cpus),
                limit(resources, "memory", standard.memoryBytes(), maximum.memoryBytes(), ByteSize::parse),
                limit(resources, "processes", standard.processes(), maximum.processes(), SettingsReader::count),
                listed(settings, "network", "network.allowed", allowances.networks(), allowances.standardNetwork()),
                listed(settings, "user", "users.allowed", allowances.users(), allowances.standardUser()),
                privileges(settings, allowances.privileges()));
    }

    private <T extends Comparable<T>> T limit(
            JsonObject resources, String key, T standard, T maximum, Function<String, T> parse) {
        Object value = resources.getValue(key);
        if (value == null) {
            return standard;
        }
        try {
            T limit = parse.apply(value.toString());
            if (limit.compareTo(maximum) <= 0) {
                return limit;
            }
            fault(
                    "/resources/" + key,
                    "Cannot use %s '%s': the operator allows less. Expected at most %s."
                            .formatted(key, value, maximum));
        } catch (IllegalArgumentException wrong) {
            fault("/resources/" + key, "Cannot use %s '%s': %s.".formatted(key, value, wrong.getMessage()));
        }
        return standard;
    }

    private static long count(String text) {
        try {
            long count = Long.parseLong(text);
            if (count > 0) {
                return count;
            }
        } catch (NumberFormatException notANumber) {
            // Told below.
        }
        throw new IllegalArgumentException("expected a whole number of at least 1");
    }

    private String listed(JsonObject settings, String key, String list, List<String> allowed, String defaultValue) {
        Object value = settings.getValue(key);
        if (value == null || value.equals(defaultValue) || allowed.contains(value.toString())) {
            return value == null ? defaultValue : value.toString();
        }
        notAllowed("/" + key, key, value, list, allowed);
        return defaultValue;
    }

    private Privileges privileges(JsonObject settings, List<String> allowed) {
        Object value = settings.getValue("privileges");
        if (value == null) {
            return Privileges.NONE;
        }
        if (!(value instanceof JsonArray list)) {
            fault(
                    "/privileges",
                    "Cannot read privileges '%s': they are not a list. Expected %s."
                            .formatted(value, Privileges.known()));
            return Privileges.NONE;
        }
        Set<String> asked = new TreeSet<>();
        for (int i = 0; i < list.size(); i++) {
            String privilege = String.valueOf(list.getValue(i));
            if (allowed.contains(privilege)) {
                asked.add(privilege);
            } else {
                notAllowed("/privileges/" + i, "privilege", privilege, "privileges.allowed", allowed);
            }
        }
        return Privileges.of(asked);
    }

    private void notAllowed(String pointer, String what, Object value, String list, List<String> allowed) {
        fault(
                pointer,
                "Cannot use %s '%s': the operator does not allow it. Expected %s; the operator's list is %s of conf/plugins/custom-scripts.yaml."
                        .formatted(
                                what,
                                value,
                                allowed.isEmpty() ? "none to be named" : "one of " + String.join(", ", allowed),
                                list));
    }

    private void unknownKeys(String pointer, JsonObject object, Set<String> known) {
        for (String key : object.fieldNames()) {
            if (!known.contains(key)) {
                fault(
                        pointer + "/" + key.replace("~", "~0").replace("/", "~1"),
                        "Cannot use key '%s': it is unknown. Known keys: %s."
                                .formatted(key, String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    private void fault(String pointer, String message) {
        faults.add(new Fault(pointer, message));
    }
}
