package io.factotum.testkit;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleAddress;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Loads the plugin under test into a real host before each test, as a dropped jar is loaded, and removes it after the
 * test; a plugin that does not load, stops badly or leaves anything behind fails the test with what the host says of it.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final PluginHarness plugin = PluginHarness.ofThisModule().config("greeting: hello");
 *
 * @Test
 * void resourceIsGreeted() {
 *     JsonObject offering = plugin.offer(new JsonObject());
 *     EndedRun created = plugin.order(offering, "world").succeeded();
 *     assertThat(created.resource().getString("backend_id")).isEqualTo("hello world");
 * }
 * }</pre>
 *
 * <p>In a static field, the tests of a class share a host with a clean database; in an instance field each test has its
 * own. PostgreSQL is started once in a JVM. Methods block, up to a minute, and throw an {@link AssertionError} when what
 * they wait for does not come or the host refuses. For tests that run one after another.
 */
public final class PluginHarness implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private static final String PLUGINS = "/api/v1/plugins/";

    private final @Nullable Path file;
    private final JsonObject hostSettings = new JsonObject();
    private String config = "";
    private @Nullable PluginJar jar;
    private @Nullable HostUnderTest host;
    private @Nullable LeakCheck leaks;
    private boolean hostOfTheClass;
    private boolean loaded;

    private PluginHarness(@Nullable Path file) {
        this.file = file;
    }

    /**
     * The plugin of the module whose tests these are, found by its {@code META-INF/plugin.json}: the packed jar in tests
     * that run after {@code package} ({@code ...IT}, by Maven's failsafe plugin), else {@code target/classes} packed on
     * the spot, without any library.
     */
    public static PluginHarness ofThisModule() {
        return new PluginHarness(null);
    }

    /** The plugin in that jar. */
    public static PluginHarness ofJar(Path jar) {
        return new PluginHarness(jar);
    }

    /** Each test begins with this in {@code conf/plugins/<id>.yaml}. */
    public PluginHarness config(String yaml) {
        config = yaml;
        return this;
    }

    /** The host has this in {@code host.yaml}: {@code hostSetting("lifecycle.slots", 1)}. */
    public PluginHarness hostSetting(String key, Object value) {
        String[] names = key.split("\\.");
        JsonObject setting = new JsonObject().put(names[names.length - 1], value);
        for (int i = names.length - 2; i >= 0; i--) {
            setting = new JsonObject().put(names[i], setting);
        }
        hostSettings.mergeIn(setting, true);
        return this;
    }

    /** The plugin's id. */
    public String id() {
        return jar().id();
    }

    /** The plugin as {@code GET /api/v1/plugins/{id}} shows it: state, reason, history, configuration and so on. */
    public JsonObject plugin() {
        return get(PLUGINS + id());
    }

    /** Its state: {@code ACTIVE}, {@code FAILED} and so on. */
    public String state() {
        return plugin().getString("state");
    }

    /**
     * Loads it afresh with another configuration, up to the end of the test.
     *
     * @return the plugin, as {@link #plugin} does
     * @throws AssertionError with the host's reason if it does not start with that; the plugin runs on as before
     */
    public JsonObject configure(String yaml) throws IOException {
        host().configure(id(), yaml);
        return reload();
    }

    /** Loads it afresh. @throws AssertionError with the host's reason if it does not start */
    public JsonObject reload() {
        return demandActive(HostApi.object(http("POST", PLUGINS + id() + "/reload")));
    }

    /** Replaces it with another jar of the same id. @throws AssertionError with the host's reason if that does not start */
    public JsonObject replaceWith(Path other) throws IOException {
        return demandActive(host().api().upload(PluginJar.read(other).bytes()));
    }

    /**
     * Makes an offering that the plugin serves.
     *
     * @param offering the body of {@code POST /api/v1/offerings}: components, plans, settings and so on; {@code type} and
     *     {@code name} are filled in where they are missing
     */
    public JsonObject offer(JsonObject offering) {
        return host().api()
                .post(
                        "/api/v1/offerings",
                        new JsonObject()
                                .put("type", id())
                                .put("name", "offering-" + UUID.randomUUID())
                                .mergeIn(offering));
    }

    /** Orders a resource of an offering without plans and limits, and waits until the run has ended. */
    public EndedRun order(JsonObject offering, String name) {
        return order(
                new JsonObject().put("offering", offering.getString("uuid")).put("name", name));
    }

    /** Orders a resource with the body of {@code POST /api/v1/resources}, and waits until the run has ended. */
    public EndedRun order(JsonObject body) {
        return orders().create(body);
    }

    /** Orders another plan or other limits with the body of {@code PATCH /api/v1/resources/{id}}, and waits for the run. */
    public EndedRun update(String resourceId, JsonObject change) {
        return orders().update(resourceId, change);
    }

    /** Orders its removal, and waits for the run. */
    public EndedRun terminate(String resourceId) {
        return orders().ask(resourceId, "terminate");
    }

    /** Has its usage and report read, and waits for the run. */
    public EndedRun pull(String resourceId) {
        return orders().ask(resourceId, "pull");
    }

    /** Waits until that run has ended. */
    public EndedRun ended(String runId) {
        return orders().ended(runId);
    }

    /**
     * Sends a lifecycle request over the event bus, as another verticle would, and waits for its reply.
     *
     * @param request {@code {subject, data}}, as {@link LifecycleAddress#of} tells; {@code id} is filled in if it is missing
     */
    public JsonObject request(EventType type, JsonObject request) {
        JsonObject body =
                new JsonObject().put("id", UUID.randomUUID().toString()).mergeIn(request);
        return Waiting.until(
                "a reply on the bus",
                vertx().eventBus()
                        .<JsonObject>request(
                                LifecycleAddress.of(id(), type), body, new DeliveryOptions().setSendTimeout(60_000))
                        .map(Message::body));
    }

    /** A request to the host with the admin token, whatever is answered: {@code http("GET", "/api/v1/usages")}. */
    public HttpResponse<String> http(String method, String path) {
        return host().api().send(method, path);
    }

    /** The same with a body. */
    public HttpResponse<String> http(String method, String path, JsonObject body) {
        return host().api().send(method, path, body.encode());
    }

    /** What the host answers to a {@code GET} of that path, which must succeed. */
    public JsonObject get(String path) {
        return host().api().get(path);
    }

    /** Where the host listens: {@code http://127.0.0.1:<port>}. */
    public String url() {
        return host().api().url();
    }

    /** The host's admin token. */
    public String token() {
        return host().api().token();
    }

    /** The host's Vert.x, with its event bus. What a test registers there is the test's to remove. */
    public Vertx vertx() {
        return host().vertx();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        hostOfTheClass = true;
        startHost();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (!hostOfTheClass) {
            startHost();
        }
        host().configure(id(), config);
        loaded = true;
        demandActive(host().api().upload(jar().bytes()));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        try {
            if (loaded && leaks != null) {
                loaded = false;
                new Unloading(host(), id()).demand();
                leaks.demandNoneOf(id());
            }
        } finally {
            if (!hostOfTheClass) {
                stopHost();
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        stopHost();
        hostOfTheClass = false;
    }

    private void startHost() throws IOException {
        jar = file == null ? PluginJar.on(PluginHarness.class.getClassLoader()) : PluginJar.read(file);
        HostUnderTest started = new HostUnderTest(hostSettings);
        host = started;
        leaks = new LeakCheck(started);
    }

    private void stopHost() throws IOException {
        HostUnderTest running = host;
        host = null;
        leaks = null;
        if (running != null) {
            running.close();
        }
    }

    private JsonObject demandActive(JsonObject plugin) {
        return Loading.demandActive(plugin, jar());
    }

    private Orders orders() {
        return new Orders(host().api(), vertx());
    }

    private PluginJar jar() {
        if (jar == null) {
            throw outsideOfATest();
        }
        return jar;
    }

    private HostUnderTest host() {
        if (host == null) {
            throw outsideOfATest();
        }
        return host;
    }

    private static IllegalStateException outsideOfATest() {
        return new IllegalStateException(
                "Cannot use the plugin outside of a test: annotate the field of the harness with @RegisterExtension.");
    }
}
