package io.factotum.host.plugin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is told about one plugin, or about a file that is none yet.
 *
 * @param file its name in the plugins directory
 * @param jar the one that runs, or was tried last; null as long as the file is no plugin
 * @param rolledBackFrom the jar in the directory, while the one before it runs in its place
 * @param since when it came into its state
 * @param history the last steps, the newest last; never empty
 * @param counts how often it came into each state since the host started
 */
record PluginEntry(
        String file,
        @Nullable StagedJar jar,
        @Nullable StagedJar rolledBackFrom,
        Instant since,
        List<Transition> history,
        Map<PluginState, Integer> counts) {

    static final int KEPT = 20;

    static PluginEntry first(String file, @Nullable StagedJar jar, Transition step) {
        return new PluginEntry(file, jar, null, step.at(), List.of(step), Map.of(step.state(), 1));
    }

    /** After one step more. */
    PluginEntry then(
            String newFile, @Nullable StagedJar newJar, @Nullable StagedJar newRolledBackFrom, Transition step) {
        List<Transition> steps = new ArrayList<>(history);
        steps.add(step);
        boolean stays = step.state() == state();
        Map<PluginState, Integer> counted = new EnumMap<>(counts);
        if (!stays) {
            counted.merge(step.state(), 1, Integer::sum);
        }
        return new PluginEntry(
                newFile,
                newJar,
                newRolledBackFrom,
                stays ? since : step.at(),
                List.copyOf(steps.subList(Math.max(0, steps.size() - KEPT), steps.size())),
                Map.copyOf(counted));
    }

    PluginState state() {
        return last().state();
    }

    boolean isRequired() {
        return jar != null && jar.descriptor().required();
    }

    Transition last() {
        return Objects.requireNonNull(history.get(history.size() - 1));
    }

    /** As the bus tells it and the HTTP API lists it; what is not known is absent. */
    JsonObject toJson() {
        JsonObject json = new JsonObject();
        if (jar != null) {
            json.put("id", jar.descriptor().id())
                    .put("version", jar.descriptor().version());
        }
        json.put("state", state().name()).put("file", file);
        Transition.putInto(json, "sha256", jar == null ? last().sha256() : jar.sha256());
        last().putDetails(json);
        json.put("since", since.toString());
        if (jar != null) {
            json.put("api", jar.descriptor().api())
                    .put("description", jar.descriptor().description())
                    .put("required", jar.descriptor().required());
        }
        if (rolledBackFrom != null) {
            json.put(
                    "rolled_back_from",
                    new JsonObject()
                            .put("version", rolledBackFrom.descriptor().version())
                            .put("sha256", rolledBackFrom.sha256()));
        }
        return json;
    }

    /** The same with its history and counts. */
    JsonObject toJsonWithHistory() {
        JsonObject counted = new JsonObject();
        counts.forEach((state, count) -> counted.put(state.name(), count));
        return toJson().put("counts", counted)
                .put(
                        "history",
                        new JsonArray(history.stream().map(Transition::toJson).toList()));
    }
}
