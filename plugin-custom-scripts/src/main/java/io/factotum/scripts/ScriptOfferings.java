package io.factotum.scripts;

import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.factotum.api.offering.OfferingSupport;
import io.factotum.api.resource.JsonRecords;
import io.factotum.api.store.SecretBox;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Checks, seals and shows the settings of offerings whose scripts run here. */
final class ScriptOfferings implements OfferingSupport {

    private final ScriptConfig config;
    private final SecretBox box;

    ScriptOfferings(ScriptConfig config, SecretBox box) {
        this.config = config;
        this.box = box;
    }

    @Override
    public CheckedSettings check(JsonObject settings, JsonObject stored) {
        Environs environs = new Environs(box, stored);
        List<EnvironEntry> environ = environs.sent(settings.getValue("environ"));
        SettingsReader reader = new SettingsReader(config);
        ScriptSettings read = reader.read(settings, environ);
        List<Fault> faults = new ArrayList<>(environs.faults());
        faults.addAll(reader.faults());
        JsonObject sealed = settings.copy();
        if (settings.containsKey("environ")) {
            sealed.put("environ", JsonRecords.array(environ, EnvironEntry::toJson));
        }
        return new CheckedSettings(sealed, read.traits(), faults);
    }

    @Override
    public JsonObject redact(JsonObject stored) {
        JsonObject shown = stored.copy();
        if (stored.containsKey("environ")) {
            shown.put("environ", JsonRecords.array(Environs.stored(stored), EnvironEntry::shown));
        }
        return shown;
    }
}
