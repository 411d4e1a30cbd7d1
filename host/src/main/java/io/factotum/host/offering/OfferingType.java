package io.factotum.host.offering;

import io.factotum.api.offering.CheckedSettings;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** How the plugin of one type looks at the settings of its offerings. */
public interface OfferingType {

    /** Checks and seals settings; {@code stored} is what is stored until now, sealed, or empty. */
    Future<CheckedSettings> check(JsonObject settings, JsonObject stored);

    /** Stored settings without any secret. */
    Future<JsonObject> redact(JsonObject stored);
}
