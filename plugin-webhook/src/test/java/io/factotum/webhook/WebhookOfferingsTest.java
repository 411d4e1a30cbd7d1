package io.factotum.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.offering.CheckedSettings;
import io.factotum.api.offering.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WebhookOfferingsTest {

    private final WebhookOfferings offerings = new WebhookOfferings(AllowedHosts.ANY, Fixtures.BOX);

    private static JsonObject settings() {
        return new JsonObject().put("url", "https://hooks.example.org/").put("secret", Fixtures.SECRET);
    }

    private CheckedSettings check(JsonObject settings) {
        return offerings.check(settings, new JsonObject());
    }

    private List<String> pointers(JsonObject settings) {
        return check(settings).faults().stream().map(Fault::pointer).toList();
    }

    @Test
    void urlAndSecretAreEnough() {
        CheckedSettings checked = check(settings());
        assertThat(checked.faults()).isEmpty();
        assertThat(checked.traits().handled()).containsExactlyInAnyOrder(EventType.values());
        assertThat(checked.traits().timeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(checked.traits().pullInterval()).isEqualTo(Duration.ofHours(1));
        assertThat(checked.traits().idempotent()).isEmpty();
    }

    @Test
    void secretsAreSealedAndNeverShown() {
        JsonObject headers = new JsonObject()
                .put("X-Tenant", "acme")
                .put("authorization", "Bearer of-a-token")
                .put("X-Key", new JsonObject().put("value", "hush-hush").put("secret", true))
                .put("X-Plain", new JsonObject().put("value", "open"));
        JsonObject sealed = check(settings().put("headers", headers)).sealed();
        assertThat(sealed.encode()).doesNotContain(Fixtures.SECRET, "of-a-token", "hush-hush");

        JsonObject shown = offerings.redact(sealed);
        JsonObject marked = new JsonObject().put("secret", true);
        assertThat(shown)
                .isEqualTo(settings()
                        .put("secret", marked)
                        .put(
                                "headers",
                                new JsonObject()
                                        .put("X-Tenant", "acme")
                                        .put("authorization", marked)
                                        .put("X-Key", marked)
                                        .put("X-Plain", "open")));

        Credentials.Opened opened = Credentials.stored(sealed).open(Fixtures.BOX);
        assertThat(opened.headers())
                .containsEntry("authorization", "Bearer of-a-token")
                .containsEntry("X-Key", "hush-hush")
                .containsEntry("X-Plain", "open");
        assertThat(opened.toString()).doesNotContain("hush-hush");
        assertThat(opened.mask().mask("hush-hush of-a-token acme")).isEqualTo("*** *** acme");
    }

    @Test
    void secretsThatAreSentAsTheyAreShownStay() {
        JsonObject stored = check(settings().put("headers", new JsonObject().put("Authorization", "Bearer of-a-token")))
                .sealed();
        CheckedSettings again = offerings.check(offerings.redact(stored).put("timeout", "PT5S"), stored);
        assertThat(again.faults()).isEmpty();
        assertThat(again.sealed()).isEqualTo(stored.copy().put("timeout", "PT5S"));
    }

    @Test
    void secretThatIsNotStoredCannotStay() {
        JsonObject marked = new JsonObject().put("secret", true);
        JsonObject sent = settings().put("secret", marked).put("headers", new JsonObject().put("X-Key", marked));
        assertThat(pointers(sent)).containsExactly("/secret", "/headers/X-Key");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnceAndNoSecretIsTold() {
        JsonObject wrong = new JsonObject()
                .put("url", "ftp://example.org")
                .put(
                        "urls",
                        new JsonObject().put("delete", "https://example.org").put("pull", 7))
                .put("secret", "hush-hush")
                .put(
                        "headers",
                        new JsonObject()
                                .put("Host", "x")
                                .put("webhook-id", "1")
                                .put("Bad Name", "x")
                                .put("X-Split", "a\r\nX-Other: b")
                                .put("Authorization", "abc")
                                .put("X-Number", 7))
                .put("events", new JsonArray().add("create").add("explode"))
                .put("timeout", "PT0S")
                .put("give_up_after", "soon")
                .put("pull_interval", "P999D")
                .put("colour", "red");
        assertThat(pointers(wrong))
                .containsExactlyInAnyOrder(
                        "/colour",
                        "/url",
                        "/urls/delete",
                        "/urls/pull",
                        "/events/1",
                        "/timeout",
                        "/give_up_after",
                        "/pull_interval",
                        "/secret",
                        "/headers/Host",
                        "/headers/webhook-id",
                        "/headers/Bad Name",
                        "/headers/X-Split",
                        "/headers/Authorization",
                        "/headers/X-Number");
        assertThat(check(wrong).faults().toString()).doesNotContain("hush-hush", "'abc'");
    }

    @Test
    void headerIsSentOnceWhateverItsCase() {
        JsonObject headers = new JsonObject().put("X-Key", "one").put("x-key", "two");
        assertThat(pointers(settings().put("headers", headers))).containsExactly("/headers/x-key");
    }

    @Test
    void eventsThatAreNotListedHaveNothingToRun() {
        CheckedSettings checked =
                check(settings().put("events", new JsonArray().add("create").add("pull")));
        assertThat(checked.traits().handled()).isEqualTo(Set.of(EventType.CREATE, EventType.PULL));
        WebhookSettings read = WebhookSettings.of(checked.sealed(), AllowedHosts.ANY);
        assertThat(read.target(EventType.TERMINATE)).isEmpty();
    }

    @Test
    void eventMayHaveAUrlOfItsOwn() {
        JsonObject sealed = check(settings().put("urls", new JsonObject().put("pull", "http://meter.example/")))
                .sealed();
        WebhookSettings read = WebhookSettings.of(sealed, AllowedHosts.ANY);
        assertThat(read.target(EventType.PULL)).contains(Target.of("http://meter.example/"));
        assertThat(read.target(EventType.CREATE)).contains(Target.of("https://hooks.example.org/"));
    }

    @Test
    void hostThatTheOperatorDoesNotListIsRefused() {
        AllowedHosts hosts = new AllowedHosts(Set.of("good.example"), List.of(), false);
        CheckedSettings checked = new WebhookOfferings(hosts, Fixtures.BOX).check(settings(), new JsonObject());
        assertThat(checked.faults()).singleElement().satisfies(fault -> assertThat(fault.message())
                .contains("'hooks.example.org'", "Expected one of good.example", "conf/plugins/webhook.yaml"));
    }
}
