package io.factotum.api.offering;

import io.vertx.core.json.JsonObject;

/**
 * How a plugin looks at the settings of its offerings. Pure and quick: called on the plugin's context, and does no IO.
 */
public interface OfferingSupport {

    /**
     * Checks settings that somebody wants to save, beside the plugin's own JSON Schema
     * ({@code META-INF/settings.schema.json} of its jar). Called also where the schema has found faults, so that all are
     * told at once: an exception is then left out.
     *
     * @param settings as they were sent
     * @param stored the settings stored until now, sealed; empty for a new offering. A secret that is sent without its
     *     value, as {@link #redact} shows it, keeps the stored one.
     */
    CheckedSettings check(JsonObject settings, JsonObject stored);

    /** Stored settings as they may be shown: without the value of any secret. */
    JsonObject redact(JsonObject stored);
}
