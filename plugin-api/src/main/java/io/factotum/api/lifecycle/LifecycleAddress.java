package io.factotum.api.lifecycle;

/** The event-bus addresses of the host. Nothing else spells them. Every message on them is one JSON object. */
public final class LifecycleAddress {

    /**
     * Send an order here. Body: {@code {"type": "create"|"update"|"terminate", ...}} with the members of the HTTP body
     * of the same order, and {@code resource} (UUID) unless it is a create. Reply:
     * {@code {"outcome": "accepted", "order": {...}, "resource": {...}}}, once it is on disk, or
     * {@code {"outcome": "refused", "code", "status", "message", "errors"}}.
     */
    public static final String ORDERS_SUBMIT = "orders.submit";

    /** Published after each commit that changes an order: the order as the HTTP API shows it. */
    public static final String ORDERS_CHANGED = "orders.changed";

    /** Published after each commit that changes a run: the run as the HTTP API shows it. */
    public static final String RUNS_CHANGED = "runs.changed";

    /**
     * Published on this host alone whenever a plugin's state changes: the plugin as {@code GET /api/v1/plugins} shows it.
     */
    public static final String PLUGINS_CHANGED = "plugins.changed";

    private LifecycleAddress() {}

    /**
     * The address that the plugin with the given id serves for an event type: {@code lifecycle.<id>.<event>}. The body
     * is a {@link LifecycleEvent} as JSON, the reply a {@link LifecycleResult} as JSON.
     */
    public static String of(String pluginId, EventType type) {
        return "lifecycle." + pluginId + "." + type.key();
    }
}
