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
     * Published on each host whenever there is more of a run's output to read, and when the run ends:
     * {@code {"run": "<uuid>"}}. Best effort; who follows looks by itself now and then.
     */
    public static final String OUTPUT_CHANGED = "runs.output.changed";

    /**
     * Send a request here to read what a run has printed, on any host. Body: {@code {"run": "<uuid>", "after": "<id>"}},
     * where {@code after} is that of the reply before, absent at first. Reply: {@code {"outcome": "read", "events":
     * [{"stream", "text"} | {"stream", "left_out"}], "after": "<id>", "more": true|false, "state": "<run state>"}} with
     * what comes next, up to some 64 KiB. Without {@code more} and with a state that is final that is all. Or
     * {@code {"outcome": "refused", "code", "status", "message"}}.
     */
    public static final String OUTPUT_READ = "runs.output.read";

    /**
     * Published on this host alone at each step in a plugin's life: the plugin as {@code GET /api/v1/plugins} lists it, with
     * how often it came into that state: {@code {"id", "version", "state", "file", "sha256", "phase", "reason", "stack",
     * "since", "api", "description", "required", "rolled_back_from": {"version", "sha256"}, "count"}}. What is not known is
     * absent; a file that is no plugin has no id. {@code state} is one of DISCOVERED, STAGED, RESOLVED, STARTING, ACTIVE,
     * STOPPING, STOPPED, DISABLED, REJECTED, FAILED, STUCK, REMOVED. The same state again tells a new reason.
     */
    public static final String PLUGINS_CHANGED = "plugins.changed";

    private LifecycleAddress() {}

    /**
     * The address that the plugin with the given id serves for an event type: {@code lifecycle.<id>.<event>}. The host
     * sends a {@link LifecycleEvent} as JSON there, and the reply is a {@link LifecycleResult} as JSON.
     *
     * <p>Any other verticle may send a request there too: {@code {"id", "subject", "data"}}. For a create, {@code data} has
     * the members of an order ({@code offering, name, plan, limits, attributes, customer, project, creator}); for an
     * update and a terminate, {@code subject} is the resource's UUID and {@code data} has what changes; a pull needs the
     * subject alone. It becomes a run like any other, and the reply comes when that has ended: the result with
     * {@code run}, or {@code {"outcome": "refused", ...}} as of {@link #ORDERS_SUBMIT}. The same {@code id} again is
     * answered with the same run's result. Give the request a send timeout that a script may need.
     */
    public static String of(String pluginId, EventType type) {
        return "lifecycle." + pluginId + "." + type.key();
    }
}
