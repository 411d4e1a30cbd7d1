package io.factotum.webhook;

import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.factotum.api.offering.OfferingSupport;
import io.factotum.api.store.SecretBox;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Checks, seals and shows the settings of offerings whose endpoints are called here. */
final class WebhookOfferings implements OfferingSupport {

    private final AllowedHosts allowedHosts;
    private final SecretBox box;

    WebhookOfferings(AllowedHosts allowedHosts, SecretBox box) {
        this.allowedHosts = allowedHosts;
        this.box = box;
    }

    @Override
    public CheckedSettings check(JsonObject settings, JsonObject stored) {
        CredentialsReader credentialsReader = new CredentialsReader(box, stored);
        Credentials credentials = credentialsReader.read(settings);
        SettingsReader reader = new SettingsReader(allowedHosts);
        WebhookSettings read = reader.read(settings);
        List<Fault> faults = new ArrayList<>(reader.faults());
        faults.addAll(credentialsReader.faults());
        return new CheckedSettings(credentials.seal(settings), read.traits(), faults);
    }

    @Override
    public JsonObject redact(JsonObject stored) {
        return Credentials.stored(stored).redact(stored);
    }
}
