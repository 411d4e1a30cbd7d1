package io.factotum.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One of the plugin's own containers, as the engine tells of it, so that the others make the same. */
record ContainerModel(JsonObject inspected) {

    /** A sweep of the host that is measured must not take the others' containers for its own. */
    private static final String INSTALL_LABEL = "factotum.io/install";

    // What each client says of itself, and nothing of what the container is.
    private static final Set<String> OF_THE_CLIENT = Set.of("ConsoleSize", "AutoRemove", "ContainerIDFile");
    private static final Set<Object> NOTHING = Set.of(
            "", 0, 0L, false, "default", new JsonArray(), new JsonObject(), restartPolicy(""), restartPolicy("no"));

    /** To create the same with the script as its command: nothing has to be handed over. */
    JsonObject plainBody() {
        return common().put("Cmd", new JsonArray().add("-c").add(Script.TEXT));
    }

    /** To create the same with the plugin's own wrapper, which reads the script from its standard input. */
    JsonObject wrappedBody() {
        return common().put("Cmd", config().getJsonArray("Cmd"))
                .put("OpenStdin", true)
                .put("StdinOnce", true)
                .put("AttachStdin", true)
                .put("AttachStdout", true)
                .put("AttachStderr", true);
    }

    private JsonObject common() {
        JsonObject body =
                new JsonObject().put("HostConfig", hostConfig().copy()).put("Labels", labels());
        for (String key : List.of("Image", "Entrypoint", "Env", "WorkingDir", "User")) {
            body.put(key, config().getValue(key));
        }
        return body;
    }

    /** What follows {@code docker run} or {@code docker create}. */
    List<String> cliArguments() {
        List<String> line = new ArrayList<>();
        JsonObject host = hostConfig();
        option(line, "--memory", host.getLong("Memory"));
        option(line, "--memory-swap", host.getLong("MemorySwap"));
        option(line, "--cpus", BigDecimal.valueOf(host.getLong("NanoCpus"), 9).toPlainString());
        option(line, "--pids-limit", host.getLong("PidsLimit"));
        option(line, "--network", host.getString("NetworkMode"));
        if (host.getBoolean("Init", false)) {
            line.add("--init");
        }
        if (host.getBoolean("ReadonlyRootfs", false)) {
            line.add("--read-only");
        }
        JsonObject log = host.getJsonObject("LogConfig");
        option(line, "--log-driver", log.getString("Type"));
        each(log.getJsonObject("Config"), (key, value) -> option(line, "--log-opt", key + "=" + value));
        each(host.getJsonObject("Tmpfs"), (key, value) -> option(line, "--tmpfs", key + ":" + value));
        each(host.getJsonArray("Binds"), value -> option(line, "--volume", value));
        each(host.getJsonArray("CapAdd"), value -> option(line, "--cap-add", value));
        each(host.getJsonArray("CapDrop"), value -> option(line, "--cap-drop", value));
        each(host.getJsonArray("SecurityOpt"), value -> option(line, "--security-opt", value));
        each(labels(), (key, value) -> option(line, "--label", key + "=" + value));
        each(config().getJsonArray("Env"), value -> option(line, "--env", value));
        option(line, "--workdir", config().getString("WorkingDir"));
        if (!config().getString("User", "").isEmpty()) {
            option(line, "--user", config().getString("User"));
        }
        option(line, "--entrypoint", config().getJsonArray("Entrypoint").getString(0));
        line.addAll(List.of(config().getString("Image"), "-c", Script.TEXT));
        return line;
    }

    /** The settings in which another container differs from this one; empty if it is the same. */
    Set<String> differences(JsonObject other) {
        JsonObject theirs = other.getJsonObject("HostConfig");
        Set<String> keys = new TreeSet<>(hostConfig().fieldNames());
        keys.addAll(theirs.fieldNames());
        keys.removeAll(OF_THE_CLIENT);
        keys.removeIf(key -> same(hostConfig().getValue(key), theirs.getValue(key)));
        return keys;
    }

    private static boolean same(@Nullable Object ours, @Nullable Object theirs) {
        return Objects.equals(ours, theirs) || (isNothing(ours) && isNothing(theirs));
    }

    private static boolean isNothing(@Nullable Object value) {
        return value == null || NOTHING.contains(value);
    }

    String image() {
        return config().getString("Image");
    }

    String network() {
        return hostConfig().getString("NetworkMode");
    }

    private JsonObject config() {
        return inspected.getJsonObject("Config");
    }

    private JsonObject hostConfig() {
        return inspected.getJsonObject("HostConfig");
    }

    private JsonObject labels() {
        return config().getJsonObject("Labels").copy().put(INSTALL_LABEL, "bench");
    }

    private static JsonObject restartPolicy(String name) {
        return new JsonObject().put("Name", name).put("MaximumRetryCount", 0);
    }

    private interface Pair {
        void accept(String key, Object value);
    }

    private interface One {
        void accept(Object value);
    }

    private static void each(@Nullable JsonObject object, Pair pair) {
        if (object != null) {
            for (Map.Entry<String, Object> entry : object) {
                pair.accept(entry.getKey(), entry.getValue());
            }
        }
    }

    private static void each(@Nullable JsonArray array, One one) {
        if (array != null) {
            array.forEach(one::accept);
        }
    }

    private static void option(List<String> line, String name, Object value) {
        line.add(name);
        line.add(value.toString());
    }
}
