package io.factotum.host.plugin;

import io.factotum.host.plugin.lent.Loan;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Whether the plugins that the host cannot do without run and are well. Any thread. */
final class PluginReadiness {

    private final PluginHome home;

    PluginReadiness(PluginHome home) {
        this.home = home;
    }

    /** Fails, with the reason, as long as a plugin that is marked as required does not run or says that it is down. */
    Future<Void> check() {
        List<Future<String>> looks = new ArrayList<>();
        for (PluginEntry entry : home.register().all()) {
            if (entry.isRequired()) {
                String id = String.valueOf(entry.toJson().getString("id"));
                looks.add(what(id, entry));
            }
        }
        return Future.join(looks).compose(all -> {
            String missing = looks.stream()
                    .map(Future::result)
                    .filter(reason -> !reason.isEmpty())
                    .collect(Collectors.joining(", "));
            return missing.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture("A required plugin does not run: %s.".formatted(missing));
        });
    }

    private Future<String> what(String id, PluginEntry entry) {
        if (entry.state() != PluginState.ACTIVE) {
            return Future.succeededFuture(id + " is " + entry.state());
        }
        Loan loan = home.loans().get(id);
        return loan == null ? Future.succeededFuture("") : loan.health().look().map(health -> down(id, health));
    }

    // The messages stay where a token is asked for.
    private static String down(String id, JsonObject health) {
        JsonArray checks = health.getJsonArray("checks");
        String names = checks.stream()
                .map(JsonObject.class::cast)
                .filter(check -> check.getString("status").equals("DOWN"))
                .map(check -> check.getString("name"))
                .collect(Collectors.joining(" and "));
        return names.isEmpty() ? "" : "%s says that %s is DOWN".formatted(id, names);
    }
}
