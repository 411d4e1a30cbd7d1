package io.factotum.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.config.ConfigException;
import io.factotum.api.health.HealthStatus;
import io.factotum.api.lifecycle.EventType;
import io.factotum.api.lifecycle.LifecycleEvent;
import io.factotum.api.lifecycle.LifecycleResult;
import io.factotum.api.lifecycle.Outcome;
import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.resource.ReportSection;
import io.factotum.api.resource.Usage;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The plugin whole, its scripts run as processes. */
@Timeout(60)
class CustomScriptsPluginTest {

    private static final JsonObject PROCESSES = new JsonObject().put("executor", "process");

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final CustomScriptsPlugin plugin = new CustomScriptsPlugin();
    private LentContext lent;

    @BeforeEach
    void lend(@TempDir Path directory) {
        lent = new LentContext(vertx, directory, PROCESSES, true);
    }

    @AfterEach
    void close() {
        await(onContext(plugin::stop));
        await(vertx.close());
    }

    @Test
    void aCreationIsCarriedOutAndItsSecretNeverShown() {
        start();
        LifecycleResult result = await(handle(EventType.CREATE, """
                echo "token $TOKEN" >&2
                printf %s "$TOKEN" | base64
                echo "made $RESOURCE_NAME under $PLAN_NAME"
                meta=$(printf '{"backend_metadata": {"limits": %s}}' "$LIMITS" | base64 | tr -d '\\n')
                echo "id-1 $meta"
                """));
        assertThat(result.message()).isEmpty();
        assertThat(result.backendId()).isEqualTo("id-1");
        assertThat(result.backendMetadata()).isEqualTo(new JsonObject().put("limits", new JsonObject().put("cpu", 4)));
        assertThat(lent.runs.output.text().stderr()).isEqualTo("token ***\n");
        assertThat(lent.runs.output.text().stdout()).startsWith("***\nmade box under Small\nid-1 ");
        assertThat(result.trace().exitCode()).isZero();
    }

    @Test
    void aPullReportsUsageAndReport() {
        start();
        LifecycleResult result = await(handle(EventType.PULL, """
                info='{"usages": {"type": "cpu", "amount": 1.50}, "report": {"header": "h", "body": "b"}}'
                printf %s "$info" | base64 | tr -d '\\n'
                """));
        assertThat(result)
                .isEqualTo(LifecycleResult.pulled(
                                List.of(new Usage("cpu", new BigDecimal("1.5"), "", false)),
                                List.of(new ReportSection("h", "b")),
                                List.of())
                        .with(result.trace()));
    }

    @Test
    void aScriptThatFailsTellsItsExitCodeAndLastWords() {
        start();
        LifecycleResult result = await(handle(EventType.CREATE, "echo no space left >&2; exit 3"));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.code()).isEqualTo("script_failed");
        assertThat(result.message()).contains("exit code 3", "no space left");
    }

    @Test
    void aScriptPastItsTimeoutIsStoppedAndRecorded() {
        start();
        LifecycleResult result = await(handle(EventType.CREATE, "echo begun; sleep 60"));
        assertThat(result.outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(lent.runs.output.text().stdout()).isEqualTo("begun\n");
    }

    @Test
    void aConfigurationThatIsWrongIsRefusedWithAllItsFaults() {
        lent = new LentContext(
                vertx,
                lent.dataDirectory(),
                new JsonObject().put("executor", "lxc").put("x", 1),
                true);
        assertThatThrownBy(() -> start())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("executor 'lxc'")
                .hasMessageContaining("unknown key 'x'");
    }

    @Test
    void itsExecutorIsOneOfItsHealthChecks() {
        start();

        assertThat(await(onContext(() -> lent.health.get("executor").look()))).isEqualTo(HealthStatus.up("process"));
    }

    @Test
    void processesThatAreNotAllowedAreNotServed() {
        lent = new LentContext(vertx, lent.dataDirectory(), PROCESSES, false);
        assertThatThrownBy(() -> start()).hasMessageContaining("process is not allowed");
        assertThat(lent.handler).isNull();
    }

    private void start() {
        await(onContext(() -> plugin.start(lent)));
    }

    private Future<LifecycleResult> handle(EventType type, String script) {
        JsonArray environ = new JsonArray()
                .add(new JsonObject()
                        .put("name", "TOKEN")
                        .put("value", "hunter22")
                        .put("secret", true));
        CheckedSettings checked = Objects.requireNonNull(lent.support)
                .check(
                        new JsonObject()
                                .put("language", "shell")
                                .put(type.key(), script)
                                .put("timeout", "PT4S")
                                .put("environ", environ),
                        new JsonObject());
        assertThat(checked.faults()).isEmpty();
        LifecycleEvent event = Fixtures.event(
                type,
                checked.sealed(),
                Fixtures.change(Fixtures.SMALL, new JsonObject().put("cpu", 4), null, null, false));
        return onContext(() -> Objects.requireNonNull(lent.handler).handle(event));
    }

    private <T> Future<T> onContext(Supplier<Future<T>> action) {
        Promise<T> done = Promise.promise();
        context.runOnContext(
                v -> Future.<Void>succeededFuture().compose(now -> action.get()).onComplete(done));
        return done.future();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.await(40, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("it did not come", late);
        }
    }
}
