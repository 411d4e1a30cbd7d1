package io.factotum.host.plugin;

import io.factotum.api.config.ConfigException;
import io.factotum.api.offering.Fault;
import io.factotum.host.Refusal;
import io.factotum.host.config.ConfigFile;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one plugin's configuration file. What does not fit changes nothing; what the plugin does not start with is
 * taken back. On the home context.
 */
final class ConfigManagement {

    private final PluginHome home;
    private final String id;
    private final ManagedPlugin plugin;
    private final Path file;

    ConfigManagement(PluginHome home, String id, ManagedPlugin plugin) {
        this.home = home;
        this.id = id;
        this.plugin = plugin;
        this.file = home.settings().configOf(id);
    }

    /** Whether that would fit: as it would be shown. */
    Future<JsonObject> check(JsonObject asked) {
        return jar().compose(
                        jar -> home.watch().blocking(() -> checked(asked, jar).shown()));
    }

    /** Writes it, and loads the plugin with it. Fails with a {@link Refusal}, and then all is as it was. */
    Future<Void> change(JsonObject asked) {
        return jar().compose(jar -> plugin.inTurn(
                () -> home.watch().blocking(() -> write(asked, jar)).compose(before -> plugin.loadAfresh()
                        .compose(tried -> runsWithOther() ? takeBack(before, jar) : Future.succeededFuture()))));
    }

    private Future<StagedJar> jar() {
        StagedJar jar = plugin.wanted();
        return jar == null ? Future.failedFuture(Refusal.notFound("plugin", id)) : Future.succeededFuture(jar);
    }

    private PluginConfig checked(JsonObject asked, StagedJar jar) {
        try {
            return PluginConfig.of(file, kept(asked, ConfigFile.readUnresolved(file)), jar);
        } catch (ConfigException wrong) {
            throw Refusal.unprocessable(
                    "use that configuration",
                    String.valueOf(wrong.getMessage())
                            .lines()
                            .map(fault -> new Fault("", fault))
                            .toList());
        }
    }

    /** The bytes of the file before; empty if there was none. */
    private Optional<byte[]> write(JsonObject asked, StagedJar jar) {
        checked(asked, jar);
        try {
            Optional<byte[]> before = Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
            ConfigFile.write(file, kept(asked, ConfigFile.readUnresolved(file)));
            return before;
        } catch (IOException failed) {
            throw new Refusal(
                    409,
                    "file_not_writable",
                    "Cannot change '%s': %s. Change it where it is kept, and reload the plugin."
                            .formatted(file, failed.getMessage()));
        }
    }

    /** Whether another configuration than that of the file is in force, since that one was of no use. */
    private boolean runsWithOther() {
        return home.register()
                .find(id)
                .filter(entry -> entry.rolledBackFrom() != null)
                .isPresent();
    }

    private Future<Void> takeBack(Optional<byte[]> before, StagedJar jar) {
        String why =
                home.register().find(id).map(entry -> entry.last().reason()).orElse("");
        return home.watch()
                .blocking(() -> {
                    if (before.isPresent()) {
                        ConfigFile.replace(file, before.get());
                    } else {
                        Files.deleteIfExists(file);
                    }
                    return true;
                })
                .compose(restored -> {
                    home.register()
                            .reached(
                                    jar,
                                    PluginState.ACTIVE,
                                    "Another configuration was taken back, it did not start with it. " + why);
                    return Future.failedFuture(new Refusal(
                            422,
                            "config_refused",
                            "Cannot run plugin '%s' with that configuration; it runs with the one before. %s"
                                    .formatted(id, why)));
                });
    }

    /** With what is there in the place of what is shown as hidden. */
    private static JsonObject kept(JsonObject asked, JsonObject there) {
        JsonObject whole = new JsonObject();
        asked.forEach(entry -> whole.put(entry.getKey(), kept(entry.getValue(), there.getValue(entry.getKey()))));
        return whole;
    }

    private static @Nullable Object kept(@Nullable Object asked, @Nullable Object there) {
        if (asked instanceof JsonObject object) {
            return kept(object, there instanceof JsonObject other ? other : new JsonObject());
        }
        if (asked instanceof JsonArray list) {
            JsonArray items = new JsonArray();
            for (int i = 0; i < list.size(); i++) {
                items.add(kept(
                        list.getValue(i),
                        there instanceof JsonArray other && i < other.size() ? other.getValue(i) : null));
            }
            return items;
        }
        return ShownConfig.HIDDEN.equals(asked) && there != null ? there : asked;
    }
}
