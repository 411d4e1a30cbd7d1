package io.factotum.host.http;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.junit5.VertxExtension;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class OpenApiTest {

    @Test
    void everyOperationSaysWhatItIsForAndHowItFails(Vertx vertx) {
        List<Operation> operations = join(ApiContract.load(vertx)).openApi().operations();

        assertThat(operations).hasSizeGreaterThan(20);
        for (Operation operation : operations) {
            assertThat(operation.getOpenAPIModel().getString("summary"))
                    .as(operation.getOperationId())
                    .isNotBlank();
            assertThat(operation.getTags()).as(operation.getOperationId()).hasSize(1);
            assertThat(operation.getDefaultResponse())
                    .as(operation.getOperationId())
                    .isNotNull();
        }
    }

    @Test
    void onlyHealthNeedsNoToken(Vertx vertx) {
        assertThat(join(ApiContract.load(vertx)).openApi().operations().stream()
                        .filter(operation -> operation.getSecurityRequirements().isEmpty())
                        .map(Operation::getAbsoluteOpenAPIPath))
                .containsExactlyInAnyOrder("/health/live", "/health/ready");
    }

    @Test
    void everyOrderTakesAnIdempotencyKey(Vertx vertx) {
        for (Operation operation : join(ApiContract.load(vertx)).openApi().operations()) {
            boolean orders = List.of("createResource", "updateResource", "terminateResource")
                    .contains(operation.getOperationId());
            assertThat(operation.getParameters().stream()
                            .map(Parameter::getName)
                            .toList()
                            .contains("Idempotency-Key"))
                    .as(operation.getOperationId())
                    .isEqualTo(orders);
            assertThat(!orders || !operation.getHttpMethod().equals(HttpMethod.GET))
                    .isTrue();
        }
    }
}
