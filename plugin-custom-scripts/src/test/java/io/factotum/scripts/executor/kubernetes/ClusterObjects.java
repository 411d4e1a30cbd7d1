package io.factotum.scripts.executor.kubernetes;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** The objects of the double of a cluster, with versions, owners and a history. Only on the server's thread. */
final class ClusterObjects {

    private static final Map<String, String> KINDS =
            Map.of("jobs", "Job", "pods", "Pod", "secrets", "Secret", "events", "Event");

    /** Hears of each change of an object. */
    interface Listener {
        void changed(String type, String kind, JsonObject object);
    }

    /** A change, at the version that it made. */
    record Change(long version, String type, String kind, JsonObject object) {

        /** As a watch tells it. */
        String line() {
            return new JsonObject()
                    .put("type", type)
                    .put("object", typed(kind, object.copy()))
                    .encode();
        }
    }

    private final Vertx vertx;
    private final Map<String, Map<String, JsonObject>> objects = new LinkedHashMap<>();
    private final Map<String, Set<String>> podsByOwner = new LinkedHashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final List<Consumer<Change>> watchers = new ArrayList<>();
    private List<Change> history = new ArrayList<>();
    private long version = 100;
    private long oldest = 100;

    ClusterObjects(Vertx vertx) {
        this.vertx = vertx;
        KINDS.keySet().forEach(kind -> objects.put(kind, new LinkedHashMap<>()));
    }

    void listen(Listener listener) {
        listeners.add(listener);
    }

    void watch(Consumer<Change> watcher) {
        watchers.add(watcher);
    }

    void unwatch(Consumer<Change> watcher) {
        watchers.remove(watcher);
    }

    long version() {
        return version;
    }

    /** What has happened since a version; empty if it is too old to know. */
    Optional<List<Change>> since(long from) {
        return from < oldest
                ? Optional.empty()
                : Optional.of(history.stream()
                        .filter(change -> change.version() > from)
                        .toList());
    }

    /** Forgets the history, as etcd does: versions from before are too old now. */
    void compact() {
        history = new ArrayList<>();
        version++;
        oldest = version;
    }

    List<JsonObject> all(String kind) {
        return List.copyOf(objects.get(kind).values());
    }

    Optional<JsonObject> get(String kind, String name) {
        return Optional.ofNullable(objects.get(kind).get(name)).map(JsonObject::copy);
    }

    List<JsonObject> podsOf(String ownerUid) {
        return podsByOwner.getOrDefault(ownerUid, Set.of()).stream()
                .map(objects.get("pods")::get)
                .filter(Objects::nonNull)
                .map(JsonObject::copy)
                .toList();
    }

    JsonObject create(String kind, JsonObject object) {
        JsonObject metadata = object.getJsonObject("metadata");
        metadata.put("uid", UUID.randomUUID().toString())
                .put("creationTimestamp", now())
                .put("namespace", "scripts")
                .put("resourceVersion", String.valueOf(++version));
        String name = metadata.getString("name");
        objects.get(kind).put(name, object);
        if (kind.equals("pods")) {
            podsByOwner
                    .computeIfAbsent(owner(object), owner -> new LinkedHashSet<>())
                    .add(name);
        }
        tell("ADDED", kind, object);
        if (kind.equals("secrets") && isOrphan(object)) {
            vertx.runOnContext(v -> delete(kind, name));
        }
        return object;
    }

    // Of a Job that is gone; not of what no Job ever owned.
    private boolean isOrphan(JsonObject secret) {
        String owner = owner(secret);
        return !owner.isEmpty()
                && objects.get("jobs").values().stream()
                        .noneMatch(job ->
                                job.getJsonObject("metadata").getString("uid").equals(owner));
    }

    void update(String kind, String name, Consumer<JsonObject> change) {
        JsonObject object = objects.get(kind).get(name);
        if (object != null) {
            JsonObject changed = object.copy();
            change.accept(changed);
            if (!changed.equals(object)) {
                changed.getJsonObject("metadata").put("resourceVersion", String.valueOf(++version));
                objects.get(kind).put(name, changed);
                tell("MODIFIED", kind, changed);
            }
        }
    }

    /** Takes an object away, and the Secret that it owns soon after. */
    void delete(String kind, String name) {
        JsonObject object = objects.get(kind).remove(name);
        if (object == null) {
            return;
        }
        if (kind.equals("pods")) {
            podsByOwner.getOrDefault(owner(object), new LinkedHashSet<>()).remove(name);
        }
        object.getJsonObject("metadata").put("resourceVersion", String.valueOf(++version));
        tell("DELETED", kind, object);
        if (kind.equals("jobs")) {
            String uid = object.getJsonObject("metadata").getString("uid");
            vertx.setTimer(100, t -> Optional.ofNullable(objects.get("secrets").get(name))
                    .filter(secret -> owner(secret).equals(uid))
                    .ifPresent(secret -> delete("secrets", name)));
        }
    }

    private static String owner(JsonObject object) {
        JsonArray owners = object.getJsonObject("metadata").getJsonArray("ownerReferences", new JsonArray());
        return owners.isEmpty() ? "" : owners.getJsonObject(0).getString("uid");
    }

    private void tell(String type, String kind, JsonObject object) {
        JsonObject copy = object.copy();
        Change change = new Change(version, type, kind, copy);
        history.add(change);
        List.copyOf(watchers).forEach(watcher -> watcher.accept(change));
        listeners.forEach(listener -> listener.changed(type, kind, copy));
    }

    static JsonObject typed(String kind, JsonObject object) {
        return object.put("kind", KINDS.get(kind)).put("apiVersion", kind.equals("jobs") ? "batch/v1" : "v1");
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
