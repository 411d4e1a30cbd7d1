package io.factotum.host.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.api.lifecycle.EventType;
import io.factotum.api.resource.Component;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExampleOfferingsTest {

    static List<JsonObject> offerings() {
        return Repository.offerings();
    }

    @Test
    void threeExamplesComeWithTheRepository() {
        assertThat(offerings())
                .extracting(offering -> offering.getString("name"))
                .containsExactly("mailbox", "shared-folder", "sqlite-database");
    }

    @ParameterizedTest
    @MethodSource("offerings")
    void eachServesEveryEvent(JsonObject offering) {
        JsonObject settings = offering.getJsonObject("settings");

        assertThat(EventType.values())
                .allSatisfy(event -> assertThat(settings.getString(event.key())).isNotBlank());
    }

    @ParameterizedTest
    @MethodSource("offerings")
    void eachPlanCountsInComponentsOfTheOffering(JsonObject offering) {
        Set<String> components = components(offering).map(Component::type).collect(Collectors.toSet());

        assertThat(objects(offering, "plans")).isNotEmpty().allSatisfy(plan -> assertThat(components)
                .containsAll(plan.getJsonObject("amounts").fieldNames()));
    }

    @ParameterizedTest
    @MethodSource("offerings")
    void eachHasAComponentWhoseUsageMayBeReported(JsonObject offering) {
        assertThat(components(offering)).anyMatch(Component::isReportable);
    }

    private static Stream<Component> components(JsonObject offering) {
        return objects(offering, "components").map(Component::fromJson);
    }

    private static Stream<JsonObject> objects(JsonObject offering, String key) {
        return offering.getJsonArray(key).stream().map(JsonObject.class::cast);
    }
}
