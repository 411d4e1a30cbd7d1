package io.factotum.scripts;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.OfferingTraits;
import io.factotum.api.store.SecretBox;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The settings of one offering.
 *
 * @param language what runs its scripts
 * @param environ as it is stored: secrets sealed
 * @param scripts those that there are
 */
record ScriptSettings(
        ScriptConfig.Language language,
        List<EnvironEntry> environ,
        Map<EventType, String> scripts,
        OfferingTraits traits,
        RunSpec.Limits limits) {

    /** The environment that an offering sets, opened. */
    record Environ(Map<String, String> plain, Map<String, String> secret) {

        /** Never tells a value. */
        @Override
        public String toString() {
            return "Environ[plain=%s, secret=%s]".formatted(plain.keySet(), secret.keySet());
        }
    }

    /**
     * Reads stored settings.
     *
     * @throws IllegalArgumentException if they cannot be used, as when the operator took the language off the list
     */
    static ScriptSettings of(JsonObject sealed, ScriptConfig config) {
        SettingsReader reader = new SettingsReader(config);
        ScriptSettings settings = reader.read(sealed, Environs.stored(sealed));
        if (!reader.faults().isEmpty()) {
            throw new IllegalArgumentException(reader.faults().stream()
                    .map(fault -> fault.pointer() + ": " + fault.message())
                    .collect(Collectors.joining(" ")));
        }
        return settings;
    }

    Optional<String> script(EventType event) {
        return Optional.ofNullable(scripts.get(event));
    }

    /** The environment, its secrets opened. @throws IllegalArgumentException if one was sealed by another installation */
    Environ open(SecretBox box) {
        Map<String, String> plain = new LinkedHashMap<>();
        Map<String, String> secret = new LinkedHashMap<>();
        for (EnvironEntry entry : environ) {
            if (entry.secret()) {
                secret.put(entry.name(), box.open(entry.value()));
            } else {
                plain.put(entry.name(), entry.value());
            }
        }
        return new Environ(plain, secret);
    }
}
