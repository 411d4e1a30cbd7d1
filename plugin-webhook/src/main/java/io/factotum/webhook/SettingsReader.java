package io.factotum.webhook;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.Fault;
import io.factotum.api.offering.OfferingTraits;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads and checks the settings of one offering, its secrets apart, and collects everything that is wrong with them. */
final class SettingsReader {

    private static final Set<String> KEYS =
            Set.of("url", "urls", "secret", "headers", "events", "timeout", "give_up_after", "pull_interval");
    private static final String EVENTS =
            Arrays.stream(EventType.values()).map(EventType::key).collect(Collectors.joining(", "));

    private final AllowedHosts allowedHosts;
    private final List<Fault> faults = new ArrayList<>();

    SettingsReader(AllowedHosts allowedHosts) {
        this.allowedHosts = allowedHosts;
    }

    List<Fault> faults() {
        return faults;
    }

    /** The settings; with faults, not to be used. */
    WebhookSettings read(JsonObject settings) {
        unknownKeys(settings);
        Map<EventType, Target> targets = targets(settings);
        Duration timeout = duration(settings, "timeout", Duration.ofSeconds(30), Duration.ofHours(1));
        Duration giveUpAfter = duration(settings, "give_up_after", Duration.ofMinutes(30), Duration.ofDays(7));
        Duration pullInterval = duration(settings, "pull_interval", Duration.ofHours(1), Duration.ofDays(365));
        return new WebhookSettings(
                targets, timeout, new OfferingTraits(targets.keySet(), giveUpAfter, pullInterval, Set.of()));
    }

    private Map<EventType, Target> targets(JsonObject settings) {
        Target standard = target("/url", settings.getValue("url"));
        Map<EventType, Target> targets = new EnumMap<>(EventType.class);
        Map<EventType, Target> others = others(settings.getValue("urls"));
        for (EventType event : events(settings.getValue("events"))) {
            Target target = others.getOrDefault(event, standard);
            if (target != null) {
                targets.put(event, target);
            }
        }
        return targets;
    }

    private Map<EventType, Target> others(@Nullable Object urls) {
        Map<EventType, Target> others = new EnumMap<>(EventType.class);
        if (urls == null) {
            return others;
        }
        if (!(urls instanceof JsonObject map)) {
            fault("/urls", "Cannot read urls: they are not an object. Expected {\"pull\": \"https://…\"}.");
            return others;
        }
        for (Map.Entry<String, Object> url : map) {
            String pointer = "/urls/" + url.getKey().replace("~", "~0").replace("/", "~1");
            Target target = target(pointer, url.getValue());
            event(pointer, url.getKey()).filter(known -> target != null).ifPresent(event -> others.put(event, target));
        }
        return others;
    }

    private @Nullable Target target(String pointer, @Nullable Object url) {
        if (!(url instanceof String text)) {
            fault(pointer, "Cannot call an endpoint without url: it is no text. Expected https://hooks.example.org/.");
            return null;
        }
        try {
            Target target = Target.of(text);
            if (!allowedHosts.allows(target.host())) {
                throw new IllegalArgumentException(
                        "the operator does not allow host '%s'. Expected one of %s; the operator's list is allowed-hosts of conf/plugins/webhook.yaml"
                                .formatted(target.host(), allowedHosts.shown()));
            }
            return target;
        } catch (IllegalArgumentException wrong) {
            // Without the text: a password may be in it.
            fault(pointer, "Cannot call that url: %s.".formatted(wrong.getMessage()));
            return null;
        }
    }

    private Set<EventType> events(@Nullable Object value) {
        if (value == null) {
            return EnumSet.allOf(EventType.class);
        }
        Set<EventType> events = EnumSet.noneOf(EventType.class);
        if (!(value instanceof JsonArray list)) {
            fault("/events", "Cannot read events: they are not a list. Expected some of %s.".formatted(EVENTS));
            return events;
        }
        for (int i = 0; i < list.size(); i++) {
            event("/events/" + i, String.valueOf(list.getValue(i))).ifPresent(events::add);
        }
        return events;
    }

    private Optional<EventType> event(String pointer, String key) {
        Optional<EventType> event = EventType.ofKey(key);
        if (event.isEmpty()) {
            fault(pointer, "Cannot use event '%s': there is none. Expected one of %s.".formatted(key, EVENTS));
        }
        return event;
    }

    private Duration duration(JsonObject settings, String key, Duration standard, Duration longest) {
        Object value = settings.getValue(key);
        if (value == null) {
            return standard;
        }
        try {
            Duration duration = Duration.parse(value.toString());
            if (duration.compareTo(Duration.ofSeconds(1)) >= 0 && duration.compareTo(longest) <= 0) {
                return duration;
            }
        } catch (DateTimeParseException notADuration) {
            // Told below.
        }
        fault(
                "/" + key,
                "Cannot use %s '%s': it is no duration from PT1S to %s. Expected ISO 8601, such as PT30S."
                        .formatted(key, value, longest));
        return standard;
    }

    private void unknownKeys(JsonObject settings) {
        for (String key : settings.fieldNames()) {
            if (!KEYS.contains(key)) {
                fault(
                        "/" + key.replace("~", "~0").replace("/", "~1"),
                        "Cannot use key '%s': it is unknown. Known keys: %s."
                                .formatted(key, String.join(", ", new TreeSet<>(KEYS))));
            }
        }
    }

    private void fault(String pointer, String message) {
        faults.add(new Fault(pointer, message));
    }
}
