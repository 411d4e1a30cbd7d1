package io.factotum.api.offering;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The outcome of checking the settings of an offering. With faults, the rest is not used.
 *
 * @param sealed the settings as they are to be stored: secrets encrypted
 * @param faults everything that is wrong, all at once; empty if nothing is
 */
public record CheckedSettings(JsonObject sealed, OfferingTraits traits, List<Fault> faults) {

    /** Copies the faults. */
    public CheckedSettings {
        faults = List.copyOf(faults);
    }
}
