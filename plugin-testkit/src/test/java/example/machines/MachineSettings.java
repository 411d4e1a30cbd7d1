package example.machines;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.factotum.api.offering.OfferingSupport;
import io.factotum.api.offering.OfferingTraits;
import io.factotum.api.store.SecretBox;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Where the service is, and the token that it wants, which is a secret. */
final class MachineSettings implements OfferingSupport {

    private static final OfferingTraits TRAITS = new OfferingTraits(
            EnumSet.allOf(EventType.class), Duration.ofMinutes(10), Duration.ofHours(1), Set.of(EventType.PULL));

    private final SecretBox secrets;

    MachineSettings(SecretBox secrets) {
        this.secrets = secrets;
    }

    @Override
    public CheckedSettings check(JsonObject settings, JsonObject stored) {
        List<Fault> faults = new ArrayList<>();
        JsonObject sealed = settings.copy();
        if (settings.getValue("token") instanceof String token) {
            sealed.put("token", secrets.seal(token));
        } else if (stored.containsKey("token")) {
            sealed.put("token", stored.getString("token"));
        } else {
            faults.add(new Fault("/token", "It is missing. Expected the token of the service."));
        }
        return new CheckedSettings(sealed, TRAITS, faults);
    }

    @Override
    public JsonObject redact(JsonObject stored) {
        JsonObject shown = stored.copy();
        shown.remove("token");
        return shown;
    }
}
